"""An FTP server over a folder, for the user muster with the password sesame.

ftp.py FOLDER PORT SLOW [CERTIFICATE KEY]

Says its port on its first line. Where the file SLOW exists when a transfer begins, that one goes at a megabyte a second. With a
certificate it takes nothing in the clear: neither what is said nor what is moved.
"""
import os
import socket
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, ThrottledDTPHandler
from pyftpdlib.servers import FTPServer

folder, port, slow, *certificate = sys.argv[1:]


class Transfer(ThrottledDTPHandler):
    def __init__(self, sock, cmd_channel):
        if os.path.exists(slow):
            self.read_limit = self.write_limit = 1 << 20
            # Otherwise the system takes megabytes ahead.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
        super().__init__(sock, cmd_channel)


if certificate:
    from pyftpdlib.handlers import TLS_FTPHandler as Handler

    Handler.certfile, Handler.keyfile = certificate
    Handler.tls_control_required = Handler.tls_data_required = True
else:
    Handler = FTPHandler
    Handler.dtp_handler = Transfer

users = DummyAuthorizer()
users.add_user("muster", "sesame", folder, perm="elradfmwMT")
Handler.authorizer = users
Handler.auth_failed_timeout = 0.1
server = FTPServer(("127.0.0.1", int(port)), Handler)
print(server.socket.getsockname()[1], flush=True)
server.serve_forever()
