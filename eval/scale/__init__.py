"""What an index of millions of articles needs: arithmetic over measured figures, on paper; see docs/scale.md."""
