//! The cookies of the window, for one origin: name, value, and nothing else.

use http::HeaderValue;

/// More than the API ever sets; a bound all the same.
const MAX_COOKIES: usize = 16;

/// Cookies in the order in which they were set.
#[derive(Debug, Default)]
pub struct Cookies {
    pairs: Vec<(String, String)>,
}

impl Cookies {
    /// Takes over one `Set-Cookie` value (RFC 6265, section 5.2). An empty value or `Max-Age=0` removes the cookie.
    pub fn take(&mut self, set_cookie: &HeaderValue) {
        let Ok(text) = set_cookie.to_str() else { return };
        let mut parts = text.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let (name, value) = (name.trim(), value.trim());
        let ends = parts.any(|part| {
            part.split_once('=').is_some_and(|(key, value)| {
                key.trim().eq_ignore_ascii_case("max-age")
                    && value.trim().parse::<i64>().is_ok_and(|seconds| seconds <= 0)
            })
        });
        self.pairs.retain(|(known, _)| known != name);
        if !ends && !value.is_empty() && self.pairs.len() < MAX_COOKIES {
            self.pairs.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The `Cookie` header, or `None` when there are no cookies.
    pub fn header(&self) -> Option<HeaderValue> {
        if self.pairs.is_empty() {
            return None;
        }
        let pairs: Vec<_> = self.pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut header = HeaderValue::from_str(&pairs.join("; ")).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(cookies: &mut Cookies, text: &'static str) {
        cookies.take(&HeaderValue::from_static(text));
    }

    #[test]
    fn a_cookie_is_sent_until_it_is_removed() {
        let mut cookies = Cookies::default();
        assert_eq!(cookies.header(), None);
        take(&mut cookies, "session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600");
        take(&mut cookies, "theme=dark");
        assert_eq!(cookies.header().unwrap(), "session=abc; theme=dark");
        take(&mut cookies, "theme=light");
        assert_eq!(cookies.header().unwrap(), "session=abc; theme=light");
        take(&mut cookies, "session=; Max-Age=0");
        assert_eq!(cookies.header().unwrap(), "theme=light");
    }
}
