"""Download: closed bars of a source, through the same import as any file, from where they end."""
