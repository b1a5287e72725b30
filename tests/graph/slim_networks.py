"""AlexNet v2, VGG-16 and ResNet v1-50 as TF-Slim builds them: other paddings and strides than torchvision's.

SAME paddings are TensorFlow's; ResNet v1 has the stride in the last unit of each block, and pads convolutions with a
stride evenly on both sides.
"""

from __future__ import annotations

from playground.graph.building import Net
from playground.graph.model import Graph
from playground.layers.ends import Input
from playground.layers.image import Conv2d
from playground.layers.merge import Add
from playground.layers.pooling import MaxPool2d

ENDS = {
    "alexnet_v2/conv1": "conv1", "alexnet_v2/pool1": "pool1", "alexnet_v2/conv2": "conv2", "alexnet_v2/conv3": "conv3",
    "alexnet_v2/conv4": "conv4", "alexnet_v2/conv5": "conv5", "alexnet_v2/pool5": "pool3",
    "vgg_16/conv1/conv1_1": "conv1", "vgg_16/pool1": "pool1", "vgg_16/conv2/conv2_1": "conv3", "vgg_16/pool2": "pool2",
    "vgg_16/conv3/conv3_1": "conv5", "vgg_16/conv3/conv3_2": "conv6", "vgg_16/pool3": "pool3",
    "vgg_16/conv4/conv4_1": "conv8", "vgg_16/conv4/conv4_2": "conv9", "vgg_16/pool4": "pool4",
    "vgg_16/conv5/conv5_1": "conv11", "vgg_16/conv5/conv5_2": "conv12", "vgg_16/pool5": "pool5",
    "resnet_v1_50/block1": "add3", "resnet_v1_50/block2": "add7", "resnet_v1_50/block3": "add13",
    "resnet_v1_50/block4": "add16",
}  # fmt: skip
"""Which of our layers stands at each end point."""


def alexnet_v2(side: int) -> Graph:
    net = Net()
    pool = MaxPool2d(kernel=3, stride=2)
    net.line(Input(dims=(3, side, side)), Conv2d(filters=64, kernel=11, stride=4, padding="valid"), pool)
    net.line(Conv2d(filters=192, kernel=5, padding="tf_same"), pool)
    net.line(*(Conv2d(filters=filters, padding="tf_same") for filters in (384, 384, 256)), pool)
    return net.graph


def vgg_16(side: int) -> Graph:
    net = Net()
    net.line(Input(dims=(3, side, side)))
    for filters, times in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        net.line(*(Conv2d(filters=filters, padding="tf_same") for _ in range(times)), MaxPool2d())
    return net.graph


def resnet_v1_50(side: int) -> Graph:
    net = Net()
    net.line(Input(dims=(3, side, side)), Conv2d(filters=64, kernel=7, stride=2, padding=3))
    net.line(MaxPool2d(kernel=3, stride=2, padding="tf_same"))
    for filters, units, stride in ((64, 3, 2), (128, 4, 2), (256, 6, 2), (512, 3, 1)):
        for number in range(1, units + 1):
            _unit(net, filters, stride if number == units else 1)
    return net.graph


def _unit(net: Net, filters: int, stride: int) -> None:
    begin = net.last
    middle = Conv2d(filters=filters, kernel=3, stride=stride, padding=1)
    end = net.line(Conv2d(filters=filters, kernel=1), middle, Conv2d(filters=4 * filters, kernel=1))
    round_ = net.line(Conv2d(filters=4 * filters, kernel=1, stride=stride), after=begin)
    net.join(Add(), end, round_)
