"""What must be the same when indexing and when asking: text, encoder, chunks, store."""
