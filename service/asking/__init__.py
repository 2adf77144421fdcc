"""What a question says besides its words: the dates it names, and the conversation that it belongs to."""
