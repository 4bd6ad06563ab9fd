"""Layer 2: from a frame to the faces in it, each with its track, quality and crop."""

from emotionkit.faces.reader import FaceReader

__all__ = ["FaceReader"]
