"""An SFTP server over a folder, for the user muster with the password sesame.

sftp.py FOLDER PORT SLOW HOST_KEY

Says its port on its first line. It does not know how to rename over a file that is there. While the file SLOW exists, what
lies beyond the first megabyte of a file goes at a few hundred kilobytes a second.
"""
import asyncio
import os
import sys

import asyncssh

folder, port, slow, host_key = sys.argv[1:]


class Users(asyncssh.SSHServer):
    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return (username, password) == ("muster", "sesame")


class Files(asyncssh.SFTPServer):
    def __init__(self, channel):
        super().__init__(channel, chroot=folder)

    # What is asked for side by side waits one by one: large pieces, of which there are few, when reading.
    _turn = asyncio.Lock()

    async def _held(self, offset, seconds):
        if offset >= 1 << 20 and os.path.exists(slow):
            async with self._turn:
                await asyncio.sleep(seconds)

    async def read(self, file_obj, offset, size):
        await self._held(offset, 0.3)
        return super().read(file_obj, offset, size)

    async def write(self, file_obj, offset, data):
        await self._held(offset, 0.05)
        return super().write(file_obj, offset, data)

    def posix_rename(self, oldpath, newpath):
        raise asyncssh.SFTPOpUnsupported("not known here")


async def main():
    server = await asyncssh.listen(
        "127.0.0.1", int(port), server_host_keys=[host_key], server_factory=Users, sftp_factory=Files
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
