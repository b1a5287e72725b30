"""The network editor: cards, edges, gestures. Reads the session's document; edits it through session.do alone."""
