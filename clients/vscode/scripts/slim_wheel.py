"""Make the wheel that the extension carries small: no benchmarks, and members that only the VSIX compresses, all together."""

import sys
import zipfile
from pathlib import Path

LEFT_OUT = "segue_bench/"

for name in sys.argv[1:]:
    path = Path(name)
    slim = path.with_suffix(".slim")
    with zipfile.ZipFile(path) as wheel, zipfile.ZipFile(slim, "w", zipfile.ZIP_STORED) as copy:
        for member in wheel.infolist():
            if member.filename.startswith(LEFT_OUT):
                continue
            body = wheel.read(member)
            if member.filename.endswith(".dist-info/RECORD"):
                rows = body.decode().splitlines(keepends=True)
                body = "".join(row for row in rows if not row.startswith(LEFT_OUT)).encode()
            copy.writestr(zipfile.ZipInfo(member.filename, member.date_time), body)
    slim.replace(path)
