//! Addresses that a URL given by a person may lead to. Without this a provider's URL could be used
//! to read from the machine itself or its network (server-side request forgery).

use std::{
    error::Error,
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::TcpStream;

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(15);

/// How far requests may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only addresses of the public internet.
    Public,
    /// The public internet and this machine itself, for a gateway that runs beside us.
    PublicAndLoopback,
    /// Also private networks, where somebody who may decide that has allowed it.
    Everywhere,
}

impl Reach {
    /// Whether a request may go to this address.
    pub fn allows(self, address: IpAddr) -> bool {
        match self {
            Reach::Public => is_public(address),
            Reach::PublicAndLoopback => is_public(address) || address.to_canonical().is_loopback(),
            Reach::Everywhere => true,
        }
    }
}

/// Whether an address belongs to the public internet (the IANA special-purpose registries, RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4_is_public(v4),
        IpAddr::V6(v6) => v6_is_public(v6),
    }
}

fn v4_is_public(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_broadcast()
        || v4.is_documentation()
        || v4.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // shared by carriers, RFC 6598
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)); // benchmarking
    !special
}

fn v6_is_public(v6: Ipv6Addr) -> bool {
    let segments = v6.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        v4_is_public(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // Translated and tunnelled IPv4 reaches what the IPv4 address inside reaches.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => false, // documentation
        [0x2001, 0..=0x01ff, ..] => false,                        // protocol assignments, Teredo among them
        // Only 2000::/3 has been given out as global unicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Resolves names with the system's resolver and leaves out what may not be reached, so that the
/// address that is checked is the address that is used.
pub(super) struct GuardedResolver(pub(super) Reach);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(forbidden(name.as_str()));
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// A connection to a host that may be reached: to the very address that was looked at.
///
/// # Errors
/// For the person: what is out of reach, unknown or does not answer.
pub async fn connect(reach: Reach, host: &str, port: u16) -> Result<TcpStream, String> {
    let host = host.trim_matches(['[', ']']);
    let found = tokio::net::lookup_host((host, port)).await.map_err(|_| {
        format!("no computer is found under the name {host}: look at how it is written, and at this machine's network")
    })?;
    let allowed: Vec<_> = found.filter(|address| reach.allows(address.ip())).collect();
    if allowed.is_empty() {
        return Err(forbidden(host).to_string());
    }
    match tokio::time::timeout(CONNECTING, TcpStream::connect(allowed.as_slice())).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => {
            tracing::debug!(host, port, %error, "no connection");
            let why = in_words(error.kind());
            Err(format!("nothing answers at {host}:{port}{why}. Look at the host and the port, and for a firewall"))
        }
        Err(_) => Err(format!(
            "nothing answers at {host}:{port} within {} s. Look at the host and the port, and for a firewall",
            CONNECTING.as_secs()
        )),
    }
}

/// Why there is no connection; nothing where people cannot make anything of it.
fn in_words(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::ConnectionRefused => ": the computer is there, and no program on it takes connections at this port",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => ": this machine's network knows no way to it",
        ErrorKind::NetworkDown => ": this machine's network is down",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => ": the connection was ended at once",
        ErrorKind::TimedOut => ": it says nothing",
        _ => "",
    }
}

/// What is said about a host that may not be reached.
pub(super) fn forbidden(host: &str) -> Box<dyn Error + Send + Sync> {
    format!("the host {host} is in a private network or on this machine, which is out of reach here unless an administrator allows it").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_special_addresses_are_refused_in_every_disguise() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:0a00:0001::1",
            "2001:db8::1",
            "2001:0:1::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2a00:1450::1", "64:ff9b::808:808", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[tokio::test]
    async fn why_nothing_answers_is_said_in_peoples_words() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let said = connect(Reach::PublicAndLoopback, "127.0.0.1", port).await.unwrap_err();
        let words = "the computer is there, and no program on it takes connections at this port. Look at the host";
        assert!(said.starts_with(&format!("nothing answers at 127.0.0.1:{port}: {words}")), "{said}");
        assert!(!said.contains("os error"), "{said}");
    }

    #[test]
    fn loopback_is_reached_only_where_it_is_allowed() {
        let here = "127.0.0.1".parse().unwrap();
        assert!(Reach::PublicAndLoopback.allows(here) && !Reach::Public.allows(here));
        assert!(!Reach::PublicAndLoopback.allows("10.0.0.1".parse().unwrap()));
    }
}
