"""media: the only place that decodes a video or starts ffmpeg.

Its modules load PyAV when they are imported, so whoever must stay light imports them where the work is done.
"""
