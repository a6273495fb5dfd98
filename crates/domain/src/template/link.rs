//! Tracking parameters on links.

use url::Url;

/// Adds query parameters to a web address. A parameter that the address already has stays as it is, and so does an address
/// that is not `http` or `https`, or that cannot be read.
pub fn with_parameters(address: &str, parameters: &[(String, String)]) -> String {
    let Ok(mut url) = Url::parse(address.trim()) else {
        return address.to_owned();
    };
    if !matches!(url.scheme(), "http" | "https") {
        return address.to_owned();
    }
    let present: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    let missing: Vec<_> =
        parameters.iter().filter(|(name, value)| !value.is_empty() && !present.contains(name)).collect();
    if missing.is_empty() {
        return address.to_owned();
    }
    url.query_pairs_mut().extend_pairs(missing.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utm() -> Vec<(String, String)> {
        vec![("utm_source".into(), "cvm_campaign".into()), ("utm_campaign".into(), "Summer Sale 2024".into())]
    }

    #[test]
    fn parameters_are_added_before_the_fragment() {
        assert_eq!(
            with_parameters("https://shop.example/p?id=1#buy", &utm()),
            "https://shop.example/p?id=1&utm_source=cvm_campaign&utm_campaign=Summer+Sale+2024#buy"
        );
    }

    #[test]
    fn what_is_there_or_no_web_address_stays() {
        assert_eq!(
            with_parameters("https://shop.example/?utm_source=sms&utm_campaign=x", &utm()),
            "https://shop.example/?utm_source=sms&utm_campaign=x"
        );
        for address in ["mailto:a@example.org", "tel:*544#", "not an address", "javascript:alert(1)"] {
            assert_eq!(with_parameters(address, &utm()), address);
        }
    }
}
