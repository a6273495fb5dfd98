//! A name server of the test's own, on loopback: says what it was told, and that there is nothing else.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};

/// Kinds of records (RFC 1035 §3.2.2).
const MX: u16 = 15;
const TXT: u16 = 16;

/// What stands at a name, by its kind.
type Records = HashMap<(String, u16), Vec<Vec<u8>>>;

/// The server; it ends with the test.
#[derive(Clone)]
pub struct NameServer {
    pub address: SocketAddr,
    records: Arc<Mutex<Records>>,
}

impl NameServer {
    /// Listens on loopback and knows nothing yet.
    pub fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let server = Self { address: socket.local_addr().expect("an address"), records: Arc::default() };
        let records = Arc::clone(&server.records);
        std::thread::spawn(move || {
            let mut packet = [0; 1_500];
            while let Ok((length, from)) = socket.recv_from(&mut packet) {
                let records = records.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(answer) = answer(&packet[..length], &records) {
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        server
    }

    /// Publishes a text, in strings of at most 255 octets.
    pub fn text(&self, name: &str, text: &str) {
        let mut data = Vec::new();
        for part in text.as_bytes().chunks(255) {
            data.push(part.len() as u8);
            data.extend_from_slice(part);
        }
        self.publish(name, TXT, data);
    }

    /// Names a server that takes the mail of a domain.
    pub fn mail_server(&self, domain: &str, server: &str) {
        let mut data = vec![0, 10];
        data.extend(encoded(server));
        self.publish(domain, MX, data);
    }

    /// Takes back everything that stands at a name.
    pub fn clear(&self, name: &str) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _), _| known != name);
    }

    fn publish(&self, name: &str, kind: u16, data: Vec<u8>) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.entry((name.to_ascii_lowercase(), kind)).or_default().push(data);
    }
}

/// A name as a packet has it.
fn encoded(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.trim_end_matches('.').split('.') {
        bytes.push(label.len() as u8);
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

/// The answer to a packet with one question (RFC 1035 §4).
fn answer(packet: &[u8], records: &Records) -> Option<Vec<u8>> {
    let mut labels = Vec::new();
    let mut at = 12;
    loop {
        let length = usize::from(*packet.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(packet.get(at..at + length)?).to_ascii_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]);
    let name = labels.join(".");
    let found = records.get(&(name.clone(), kind)).map(Vec::as_slice).unwrap_or_default();
    let exists = records.keys().any(|(known, _)| *known == name);
    let mut answer = packet[..2].to_vec();
    // An answer with authority, for somebody who wants recursion, which is there; 3: no such name.
    answer.extend([0x85, if found.is_empty() && !exists { 0x83 } else { 0x80 }, 0, 1]);
    answer.extend((found.len() as u16).to_be_bytes());
    answer.extend([0, 0, 0, 0]);
    answer.extend_from_slice(&packet[12..at + 4]);
    for data in found {
        // The name of the question, the kind, the Internet, a minute.
        answer.extend([0xc0, 12]);
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1, 0, 0, 0, 60]);
        answer.extend((data.len() as u16).to_be_bytes());
        answer.extend_from_slice(data);
    }
    Some(answer)
}
