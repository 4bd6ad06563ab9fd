"""A class over RTSP: GStreamer's server plays a recording to whoever asks, from its start and at its own speed.

Run by the Python of the system, which knows GStreamer: ``python3 rtsp_server.py RECORDING PORT``; a line says when it
is ready. Debian: gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-{base,good,bad}.
"""

import sys


def main(recording: str, port: str) -> None:
    import gi  # noqa: PLC0415  not of this project's Python, which only reads this file

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer  # noqa: PLC0415

    Gst.init(None)
    needed = ("qtdemux", "h264parse", "rtph264pay")
    if missing := [name for name in needed if Gst.ElementFactory.find(name) is None]:
        sys.exit(f"GStreamer lacks {', '.join(missing)}.")
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f'( filesrc location="{recording}" ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 )'
    )
    server.get_mount_points().add_factory("/class", factory)
    if server.attach(None) == 0:
        sys.exit(f"Port {port} is taken.")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
