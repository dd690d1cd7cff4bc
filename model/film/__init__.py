"""The film of a training: its frames, the film that is made of them, and its drawing as GIF or MP4."""
