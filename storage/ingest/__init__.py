"""Import: files of any usual form into the store, with everything they lack said aloud."""
