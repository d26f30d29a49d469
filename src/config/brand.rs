//! How the chat looks and whom it names: `[brand]`.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Problem;
use super::action::{read_action, wrong_action};
use crate::answer::NoticeAction;

/// Largest logo, in bytes.
const MAX_LOGO_BYTES: u64 = 256 * 1024;

/// Colours, logo and contacts of the organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrandConfig {
    /// Colour of buttons and links on light ground, `#rrggbb`; empty for the page's own.
    pub accent: String,
    /// The same on dark ground.
    pub accent_dark: String,
    /// Logo at the head of the chat, a file that ends in `.svg`, `.png` or `.webp`; empty for none.
    pub logo: PathBuf,
    /// Address of the privacy notice; empty for none.
    pub privacy: String,
    /// How to reach a person, each `label | address`.
    pub contact: Vec<String>,
}

impl BrandConfig {
    /// How to reach a person. Entries that are not understood are left out; loading the settings has refused
    /// them.
    #[must_use]
    pub fn contacts(&self) -> Vec<NoticeAction> {
        self.contact.iter().filter_map(|action| read_action(action)).collect()
    }

    /// The logo's type, if there is a logo.
    #[must_use]
    pub fn logo_type(&self) -> Option<&'static str> {
        match self.logo.extension()?.to_str()? {
            "svg" => Some("image/svg+xml"),
            "png" => Some("image/png"),
            "webp" => Some("image/webp"),
            _ => None,
        }
    }

    /// Reads the logo, if there is one.
    ///
    /// # Errors
    /// It cannot be read, is too large or of another type.
    pub fn read_logo(&self) -> Result<Option<(&'static str, Vec<u8>)>, Problem> {
        if self.logo.as_os_str().is_empty() {
            return Ok(None);
        }
        let Some(kind) = self.logo_type() else {
            return Err(wrong_logo(&self.logo, "is no .svg, .png or .webp"));
        };
        let cannot = |error: std::io::Error| wrong_logo(&self.logo, &format!("cannot be read: {error}"));
        let size = std::fs::metadata(&self.logo).map_err(cannot)?.len();
        if size > MAX_LOGO_BYTES {
            return Err(wrong_logo(
                &self.logo,
                &format!("has {size} bytes; a logo may have {MAX_LOGO_BYTES}"),
            ));
        }
        Ok(Some((kind, std::fs::read(&self.logo).map_err(cannot)?)))
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (key, colour) in [("accent", &self.accent), ("accent_dark", &self.accent_dark)] {
            if !colour.is_empty() && !is_colour(colour) {
                let detail = format!("`{colour}` is no colour; write six hexadecimal digits, as in #1d5f5a");
                problems.push(Problem { place: format!("brand.{key}"), detail });
            }
        }
        if !self.privacy.is_empty() && !self.privacy.starts_with("https://") && !self.privacy.starts_with('/')
        {
            let detail = format!("`{}` is no address; it begins with https:// or /", self.privacy);
            problems.push(Problem { place: "brand.privacy".into(), detail });
        }
        problems.extend(self.contact.iter().filter_map(|action| wrong_action("brand.contact", action)));
        problems.extend(self.read_logo().err());
        problems
    }
}

fn wrong_logo(path: &Path, detail: &str) -> Problem {
    Problem { place: "brand.logo".into(), detail: format!("{} {detail}", path.display()) }
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_break_the_page_is_refused() {
        let brand = BrandConfig {
            accent: "red;}".into(),
            privacy: "javascript:alert(1)".into(),
            contact: vec!["Call us".into()],
            logo: "logo.exe".into(),
            ..BrandConfig::default()
        };
        let places: Vec<String> = brand.problems().into_iter().map(|problem| problem.place).collect();
        assert_eq!(places, ["brand.accent", "brand.privacy", "brand.contact", "brand.logo"]);
        let brand = BrandConfig {
            accent: "#1d5f5A".into(),
            privacy: "https://clinic.example/privacy".into(),
            contact: vec!["Call us | tel:+15550100".into()],
            ..BrandConfig::default()
        };
        assert_eq!(brand.problems(), []);
        assert_eq!(brand.contacts()[0].href, "tel:+15550100");
    }
}
