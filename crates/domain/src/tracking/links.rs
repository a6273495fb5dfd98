//! The links of an HTML body: which are tracked, how they are rewritten, where a redirect may lead.

use lol_html::html_content::ContentType;
use lol_html::{RewriteStrSettings, element, rewrite_str};
use url::Url;

/// Most links of one body that are tracked.
pub const MAX_LINKS: usize = 200;

/// A link that will be tracked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedLink {
    /// Position among the tracked links of the body, from 0.
    pub ordinal: usize,
    /// The address as it stands in the body.
    pub url: String,
}

/// `utm_*` parameters of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Utm {
    pub source: Option<String>,
    pub medium: Option<String>,
    pub campaign: Option<String>,
    pub content: Option<String>,
    pub term: Option<String>,
}

/// The body could not be read as HTML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the HTML could not be read: {0}")]
pub struct HtmlError(String);

/// The links of a body that are tracked, in their order; the same address twice is two links.
///
/// Not tracked: anything that is not http(s) (mail, phone, anchors, placeholders for a whole address)
/// and links with the attribute `data-no-track`.
///
/// # Errors
/// When the HTML cannot be read.
pub fn plan(html: &str) -> Result<Vec<PlannedLink>, HtmlError> {
    let mut links = Vec::new();
    rewrite(html, None, |link| {
        links.push(link.clone());
        None
    })?;
    Ok(links)
}

/// Rewrites the tracked links with what `address_of` says (nothing leaves a link as it is), and puts
/// the pixel at the end of the body.
///
/// # Errors
/// When the HTML cannot be read.
pub fn rewrite(
    html: &str,
    pixel: Option<&str>,
    mut address_of: impl FnMut(&PlannedLink) -> Option<String>,
) -> Result<String, HtmlError> {
    let image = pixel.map(pixel_tag);
    let mut placed = false;
    let mut next = 0;
    let links = element!("a[href], area[href]", |el| {
        let url = el.get_attribute("href").map(|h| unescape(h.trim()));
        let exempt = el.has_attribute("data-no-track");
        el.remove_attribute("data-no-track");
        if let Some(url) = url.filter(|u| !exempt && next < MAX_LINKS && is_tracked(u)) {
            let link = PlannedLink { ordinal: next, url };
            next += 1;
            if let Some(address) = address_of(&link) {
                el.set_attribute("href", &address)?;
            }
        }
        Ok(())
    });
    let body = element!("body", |el| {
        if let Some(image) = image.as_deref().filter(|_| !placed) {
            el.append(image, ContentType::Html);
            placed = true;
        }
        Ok(())
    });
    let settings = RewriteStrSettings::new().append_element_content_handler(links).append_element_content_handler(body);
    let mut out = rewrite_str(html, settings).map_err(|e| HtmlError(e.to_string()))?;
    if let Some(image) = image.filter(|_| !placed) {
        out.push_str(&image);
    }
    Ok(out)
}

fn pixel_tag(address: &str) -> String {
    let safe = address.replace('&', "&amp;").replace('"', "&quot;");
    format!(r#"<img src="{safe}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">"#)
}

/// Attribute values come as they are written; `&amp;` is what every HTML writer puts into addresses.
fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn is_tracked(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

/// The links in a text body: http(s) addresses up to white space, without the punctuation of the
/// sentence around them. Returned as byte ranges.
pub fn text_links(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < MAX_LINKS {
        let rest = &text[at..];
        let Some(start) = ["http://", "https://"].iter().filter_map(|p| rest.find(p)).min() else { break };
        let link = &rest[start..];
        let end = link.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(link.len());
        let trimmed = link[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
        if trimmed.len() > "https://".len() {
            found.push(at + start..at + start + trimmed.len());
        }
        at += start + end;
    }
    found
}

/// Adds the `utm_*` parameters that the address does not have yet; fragment and existing parameters
/// stay as they are written.
pub fn with_utm(url: &str, utm: &Utm) -> String {
    let (main, fragment) = url.split_once('#').map_or((url, None), |(m, f)| (m, Some(f)));
    let query = main.split_once('?').map_or("", |(_, q)| q);
    let has = |name: &str| query.split('&').any(|p| p.split('=').next() == Some(name));
    let mut out = main.to_owned();
    let all = [
        ("utm_source", &utm.source),
        ("utm_medium", &utm.medium),
        ("utm_campaign", &utm.campaign),
        ("utm_content", &utm.content),
        ("utm_term", &utm.term),
    ];
    for (name, value) in all {
        let Some(value) = value.as_deref().filter(|v| !v.is_empty() && !has(name)) else { continue };
        let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let mark = match out.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) if out.ends_with('&') => "",
            Some(_) => "&",
        };
        out.push_str(&format!("{mark}{name}={encoded}"));
    }
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(fragment);
    }
    out
}

/// The address to which a redirect may lead: http(s), with a host, without user name and password.
pub fn redirect_target(stored: &str) -> Option<Url> {
    let url = Url::parse(stored).ok()?;
    let sound = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none();
    sound.then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HTML: &str = r##"<html><body><p>Hi {{ first_name | default("Customer") }}</p>
<a href="https://jm.ke/a?x=1&amp;y=2">A</a> <a href="mailto:a@b.c">M</a> <a href="#top">T</a>
<a href="{{ unsubscribe_url }}">U</a> <a href="https://jm.ke/a?x=1&amp;y=2">again</a>
<a href="https://jm.ke/private" data-no-track>N</a> <a href="javascript:alert(1)">J</a></body></html>"##;

    #[test]
    fn links_are_found_and_rewritten_in_order() {
        let links = plan(HTML).unwrap();
        let shown: Vec<_> = links.iter().map(|l| (l.ordinal, l.url.as_str())).collect();
        assert_eq!(shown, [(0, "https://jm.ke/a?x=1&y=2"), (1, "https://jm.ke/a?x=1&y=2")]);
        let out = rewrite(HTML, Some("https://t.example/t/o/x.gif"), |l| {
            Some(format!("https://t.example/t/c/{}", l.ordinal))
        })
        .unwrap();
        assert!(
            out.contains(r#"<a href="https://t.example/t/c/0">A</a>"#)
                && out.contains(r#"<a href="https://t.example/t/c/1">again"#)
        );
        assert!(
            out.contains(r#"default("Customer")"#)
                && out.contains("{{ unsubscribe_url }}")
                && out.contains("mailto:a@b.c")
        );
        assert!(out.contains("height:1px\"></body>") && !out.contains("data-no-track"));
        assert!(rewrite("<p>x</p>", Some("https://t/p.gif"), |_| None).unwrap().ends_with("height:1px\">"));
    }

    #[test]
    fn utm_parameters_are_added_where_they_are_missing() {
        let utm = Utm { source: Some("muster".into()), campaign: Some("Q1 Broker Outreach".into()), ..Utm::default() };
        for (url, want) in [
            ("https://a.b/c", "https://a.b/c?utm_source=muster&utm_campaign=Q1+Broker+Outreach"),
            ("https://a.b/c?x=1#top", "https://a.b/c?x=1&utm_source=muster&utm_campaign=Q1+Broker+Outreach#top"),
            ("https://a.b/?utm_source=mine", "https://a.b/?utm_source=mine&utm_campaign=Q1+Broker+Outreach"),
            ("https://a.b/?", "https://a.b/?utm_source=muster&utm_campaign=Q1+Broker+Outreach"),
        ] {
            assert_eq!(with_utm(url, &utm), want);
        }
    }

    #[test]
    fn a_redirect_leads_to_the_web_only() {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.org",
            "/local",
            "https://user:pw@evil.org",
            "file:///etc/passwd",
            "",
        ] {
            assert_eq!(redirect_target(bad), None, "{bad}");
        }
        assert!(redirect_target("https://jm.ke/a").is_some());
    }

    #[test]
    fn links_in_texts_end_where_the_address_ends() {
        let text = "Pata 2GB: https://jm.ke/r/5Fb1. Au (http://x.ke/a?b=1), sawa";
        let found: Vec<&str> = text_links(text).into_iter().map(|r| &text[r]).collect();
        assert_eq!(found, ["https://jm.ke/r/5Fb1", "http://x.ke/a?b=1"]);
    }

    proptest! {
        #[test]
        fn utm_twice_is_utm_once(path in "[a-z]{0,8}", query in "([a-z]=[0-9](&[a-z]=[0-9]){0,3})?", value in "[ -~]{1,20}") {
            let utm = Utm { source: Some(value.clone()), ..Utm::default() };
            let once = with_utm(&format!("https://a.b/{path}?{query}"), &utm);
            prop_assert_eq!(with_utm(&once, &utm), once.clone());
            let got = Url::parse(&once).unwrap().query_pairs().find(|(k, _)| k == "utm_source").map(|(_, v)| v.into_owned());
            prop_assert_eq!(got, Some(value));
        }

        #[test]
        fn any_html_is_taken(html in "(?s)[<>a-z =\"/{}%&;:!-]{0,200}") {
            let _ = plan(&html);
        }

        #[test]
        fn any_text_is_taken(text in "(?s).{0,100}(https?://)?.{0,100}") {
            for range in text_links(&text) {
                prop_assert!(text[range].starts_with("http"));
            }
        }
    }
}
