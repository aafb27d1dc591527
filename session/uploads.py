"""Publishes the progress of uploads."""

from ..models.writer import ReportsUploads, Upload, Writer
from .events import Events, Uploading


def publish_uploads(writer: Writer, events: Events) -> Writer:
    """Let a writer that uploads files publish an event at each new percent. Returns the writer."""
    last: list[tuple[str, int]] = []

    def report(upload: Upload) -> None:
        percent = upload.sent * 100 // max(upload.total, 1)
        if last[-1:] != [(upload.name, percent)]:
            last[:] = [(upload.name, percent)]
            events.publish(Uploading(upload.name, percent, upload.total))

    if isinstance(writer, ReportsUploads):
        writer.report_uploads(report)
    return writer
