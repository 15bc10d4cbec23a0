"""test_streams: only what is asked for is read, from the start, again and again."""

from vidwatchd.media.probe import open_media
from vidwatchd.media.streams import packets


def test_the_same_packets_each_time_and_the_others_afterwards(clips):
    with open_media(clips.normal()) as media:
        sound = media.container.streams.audio[0]
        first = [packet.pts for packet in packets(media, sound.index)]
        assert first == [packet.pts for packet in packets(media, sound.index)]
        assert len(first) > 100
        pictures = [packet for packet in media.container.demux(media.video) if packet.size]
        assert len(pictures) == 75, "the pictures are there for whoever comes next"


def test_a_file_that_ends_early_gives_what_there_is(clips):
    with open_media(clips.truncated()) as media:
        assert list(packets(media, media.video.index))
