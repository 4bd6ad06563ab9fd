"""Recordings: what a file holds, and its sampled pictures with exact time stamps."""

from emotionkit.video.probe import Recording, probe
from emotionkit.video.reader import sampled_frames

__all__ = ["Recording", "probe", "sampled_frames"]
