//! Who checks passwords for Postfix: the server's side of Dovecot's authentication protocol, version 1.1.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
};

const HELLO: &[u8] =
    b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00000000000000000000000000000000\nDONE\n";

/// Knows one user, whose name is `user` and whose password is `secret`, for as long as the test runs.
pub fn serve(socket: &Path) {
    let listener = UnixListener::bind(socket).unwrap();
    fs::set_permissions(socket, fs::Permissions::from_mode(0o666)).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
}

async fn answer(stream: UnixStream) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    if write.write_all(HELLO).await.is_err() {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        let mut words = line.split('\t');
        if words.next() != Some("AUTH") {
            continue;
        }
        let id = words.next().unwrap_or_default();
        let given = words.find_map(|word| word.strip_prefix("resp="));
        let said = if given == Some(&BASE64.encode("\0user\0secret")) {
            format!("OK\t{id}\tuser=user\n")
        } else {
            format!("FAIL\t{id}\tuser=user\n")
        };
        if write.write_all(said.as_bytes()).await.is_err() {
            return;
        }
    }
}
