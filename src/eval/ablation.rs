//! Leaving parts of the engine out, to see what each is worth.

use super::EvalError;
use crate::config::Config;

/// Changes the settings so that a part does nothing.
type Change = fn(&mut Config);

/// Every part that can be left out, with what leaving it out does.
pub const PARTS: &[(&str, Change)] = &[
    ("spelling", |config| config.retrieve.spelling = false),
    ("lexicon", |config| config.retrieve.lexicon = false),
    ("condensing", |config| config.retrieve.condensing = false),
    ("judge", |config| config.judge.mode = crate::judge::Mode::Off),
    ("encoder", |config| config.encoder.enabled = false),
    ("sentences", |config| config.encoder.sentences = false),
    ("title", |config| config.retrieve.boosts.title = 0.0),
    ("section", |config| config.retrieve.boosts.section = 0.0),
    ("context", |config| config.retrieve.boosts.context = 0.0),
    ("question", |config| config.retrieve.boosts.question = 0.0),
];

/// Leaves `part` out of `config`.
///
/// # Errors
/// There is no such part; the parts are then listed.
pub fn leave_out(config: &mut Config, part: &str) -> Result<(), EvalError> {
    let Some((_, change)) = PARTS.iter().find(|(name, _)| *name == part) else {
        let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
        return Err(EvalError::Unusable(format!("`{part}` is no part; there are {}", names.join(", "))));
    };
    change(config);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_changes_the_settings_and_an_unknown_one_is_refused() {
        let mut whole = Config::default();
        whole.judge.mode = crate::judge::Mode::Always;
        for (name, _) in PARTS {
            let mut config = whole.clone();
            leave_out(&mut config, name).unwrap();
            assert_ne!(config, whole, "{name}");
        }
        let refused = leave_out(&mut Config::default(), "?").unwrap_err().to_string();
        assert!(refused.contains("spelling"), "{refused}");
    }
}
