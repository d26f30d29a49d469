//! The shipped `config.toml` and the defaults in code are the same.

use ibid::config::{Config, Overrides, load};
use toml::Value;

#[test]
fn the_shipped_file_holds_every_key_with_its_default() {
    let file: Value = Value::Table(std::fs::read_to_string("config.toml").unwrap().parse().unwrap());
    let defaults = Value::try_from(Config::default()).unwrap();
    assert_same("", &file, &defaults);
}

#[test]
fn the_shipped_file_is_accepted() {
    let overrides = Overrides { config: Some("config.toml".into()), ..Overrides::default() };
    assert_eq!(load(&overrides).unwrap(), Config::default());
}

#[track_caller]
fn assert_same(path: &str, file: &Value, defaults: &Value) {
    match (file, defaults) {
        (Value::Table(file), Value::Table(defaults)) => {
            let keys: std::collections::BTreeSet<_> = file.keys().chain(defaults.keys()).collect();
            for key in keys {
                let path = format!("{path}{key}");
                let file = file.get(key).unwrap_or_else(|| panic!("`{path}` is missing in config.toml"));
                let default = defaults.get(key).unwrap_or_else(|| panic!("`{path}` is no setting"));
                assert_same(&format!("{path}."), file, default);
            }
        }
        (Value::Float(file), Value::Float(default)) => {
            assert!((file - default).abs() < 1e-6, "{path} {file} is not the default {default}");
        }
        (file, default) => assert_eq!(file, default, "{path} is not the default"),
    }
}
