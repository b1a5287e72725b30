; Inno Setup's script. build.py names Version, Label, Folder (what PyInstaller made), Out and Icon (without .ico).
#define Name "Neural Network Playground"
#define Project "NNPlayground.Project"

[Setup]
AppId={{6F0C64A1-5A0B-4E57-9B6E-6E6E706C6179}
AppName={#Name}
AppVersion={#Version}
DefaultDirName={autopf}\{#Name}
DefaultGroupName={#Name}
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
ChangesEnvironment=yes
Compression=lzma2/ultra64
SolidCompression=yes
LicenseFile=..\..\LICENSE
OutputDir={#Out}
OutputBaseFilename=nn-playground-{#Label}-windows-x86_64
SetupIconFile={#Icon}\nn-playground.ico
UninstallDisplayIcon={app}\nn-playground.exe
WizardStyle=modern

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: path; Description: "Add the command playground to PATH"; Flags: unchecked

[Files]
Source: "{#Folder}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\{#Name}"; Filename: "{app}\nn-playground.exe"
Name: "{autodesktop}\{#Name}"; Filename: "{app}\nn-playground.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.nnplay"; ValueType: string; ValueData: "{#Project}"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.nnplay"; ValueType: string; ValueName: "Content Type"; ValueData: "application/x-nnplay"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\{#Project}"; ValueType: string; ValueData: "Neural network project"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\{#Project}\DefaultIcon"; ValueType: string; ValueData: "{app}\nn-playground.exe,0"
Root: HKA; Subkey: "Software\Classes\{#Project}\shell\open\command"; ValueType: string; ValueData: """{app}\nn-playground.exe"" open ""%1"""
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: IsNotOnPath

[Code]
function IsNotOnPath: Boolean;
var
  There: string;
begin
  if not RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', There) then
    There := '';
  Result := Pos(';' + ExpandConstant('{app}') + ';', ';' + There + ';') = 0;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  There, Ours: string;
begin
  if Step <> usPostUninstall then
    exit;
  Ours := ';' + ExpandConstant('{app}');
  if RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', There) and (Pos(Ours, There) > 0) then
  begin
    StringChangeEx(There, Ours, '', True);
    RegWriteExpandStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', There);
  end;
end;
