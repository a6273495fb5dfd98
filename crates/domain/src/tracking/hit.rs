//! Who fetched a pixel or followed a link: a person, or a machine that looks at mail for one.

/// What was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitKind {
    Open,
    Click,
}

/// What is known of one request.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'a> {
    pub kind: HitKind,
    /// `GET`, `HEAD` …
    pub method: &'a str,
    pub user_agent: Option<&'a str>,
    /// `Purpose`, `Sec-Purpose`, `X-Purpose` or `X-Moz`, whichever is there.
    pub purpose: Option<&'a str>,
    /// Milliseconds since the message was sent; negative clocks count as 0.
    pub since_sent_ms: Option<i64>,
    /// Other links of the same message that were followed within the last two seconds.
    pub other_links_just_now: u32,
}

crate::text_enum! {
    /// Who it was.
    pub enum Origin {
        /// Somebody looked.
        Person = "person",
        /// Somebody looked, through a proxy that hides where (Google, Yahoo).
        ImageProxy = "image_proxy",
        /// A mail program that loads every picture on arrival (Apple Mail privacy protection).
        PrivacyProxy = "privacy_proxy",
        /// A program that follows links to look for malware.
        Scanner = "scanner",
        /// A browser or mail program that loads ahead of the person.
        Prefetch = "prefetch",
    }
}

impl Origin {
    /// Whether it counts as something that a person did.
    pub fn is_person(self) -> bool {
        matches!(self, Self::Person | Self::ImageProxy)
    }
}

const IMAGE_PROXIES: [&str; 4] = ["googleimageproxy", "ggpht.com", "yahoomailproxy", "yahoo! slurp mail"];

const SCANNERS: [&str; 40] = [
    "barracuda",
    "proofpoint",
    "mimecast",
    "safelinks",
    "bitdefender",
    "symantec",
    "messagelabs",
    "trendmicro",
    "sophos",
    "fireeye",
    "forcepoint",
    "cloudmark",
    "ironport",
    "cisco",
    "zscaler",
    "urlscan",
    "virustotal",
    "phishtank",
    "avast",
    "mcafee",
    "googlesafety",
    "bot",
    "crawler",
    "spider",
    "preview",
    "scanner",
    "slurp",
    "python-requests",
    "python-urllib",
    "aiohttp",
    "curl/",
    "wget/",
    "go-http-client",
    "java/",
    "okhttp",
    "libwww-perl",
    "axios",
    "node-fetch",
    "headlesschrome",
    "phantomjs",
];

/// A click faster than this after sending is no person.
const FASTEST_CLICK_MS: i64 = 2_000;
/// An open faster than this after sending is no person.
const FASTEST_OPEN_MS: i64 = 500;

/// Who made the request.
pub fn origin(hit: &Hit<'_>) -> Origin {
    let agent = hit.user_agent.unwrap_or("").trim().to_ascii_lowercase();
    if hit.purpose.is_some_and(|p| {
        let p = p.to_ascii_lowercase();
        p.contains("prefetch") || p.contains("preview")
    }) {
        return Origin::Prefetch;
    }
    if hit.method.eq_ignore_ascii_case("HEAD") || agent.is_empty() || SCANNERS.iter().any(|s| agent.contains(s)) {
        return Origin::Scanner;
    }
    match hit.kind {
        HitKind::Open => open_origin(&agent, hit.since_sent_ms),
        HitKind::Click => click_origin(hit),
    }
}

fn open_origin(agent: &str, since_sent_ms: Option<i64>) -> Origin {
    if IMAGE_PROXIES.iter().any(|p| agent.contains(p)) {
        return Origin::ImageProxy;
    }
    // Apple's proxy names no system and no engine.
    if agent == "mozilla/5.0" {
        return Origin::PrivacyProxy;
    }
    if since_sent_ms.is_some_and(|ms| ms < FASTEST_OPEN_MS) { Origin::Prefetch } else { Origin::Person }
}

fn click_origin(hit: &Hit<'_>) -> Origin {
    let too_fast = hit.since_sent_ms.is_some_and(|ms| ms < FASTEST_CLICK_MS);
    // Nobody opens three links of a message within two seconds.
    if too_fast || hit.other_links_just_now >= 2 { Origin::Scanner } else { Origin::Person }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHROME: &str =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36";

    fn open(agent: &str) -> Hit<'_> {
        Hit {
            kind: HitKind::Open,
            method: "GET",
            user_agent: Some(agent),
            purpose: None,
            since_sent_ms: Some(60_000),
            other_links_just_now: 0,
        }
    }

    #[test]
    fn opens_are_told_apart() {
        assert_eq!(origin(&open(CHROME)), Origin::Person);
        assert_eq!(
            origin(&open("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)")),
            Origin::ImageProxy
        );
        assert_eq!(origin(&open("Mozilla/5.0")), Origin::PrivacyProxy);
        assert_eq!(origin(&Hit { since_sent_ms: Some(100), ..open(CHROME) }), Origin::Prefetch);
        assert_eq!(origin(&Hit { purpose: Some("prefetch;prerender"), ..open(CHROME) }), Origin::Prefetch);
        assert_eq!(origin(&Hit { user_agent: None, ..open("") }), Origin::Scanner);
    }

    #[test]
    fn clicks_are_told_apart() {
        let click = Hit { kind: HitKind::Click, ..open(CHROME) };
        assert_eq!(origin(&click), Origin::Person);
        assert_eq!(origin(&Hit { since_sent_ms: Some(900), ..click }), Origin::Scanner);
        assert_eq!(origin(&Hit { other_links_just_now: 2, ..click }), Origin::Scanner);
        assert_eq!(origin(&Hit { method: "HEAD", ..click }), Origin::Scanner);
        assert_eq!(origin(&Hit { user_agent: Some("python-requests/2.32"), ..click }), Origin::Scanner);
        assert_eq!(origin(&Hit { since_sent_ms: None, ..click }), Origin::Person);
    }

    proptest! {
        #[test]
        fn a_request_that_says_it_is_ahead_never_counts(agent in ".{0,80}", ms in any::<i64>()) {
            let hit = Hit { purpose: Some("prefetch"), since_sent_ms: Some(ms), ..open(&agent) };
            prop_assert!(!origin(&hit).is_person());
        }
    }
}
