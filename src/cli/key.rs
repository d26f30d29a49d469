//! `ibid key`: makes, lists and takes away API keys.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Exit;
use super::args::{Globals, KeyCommand};
use super::prepare;
use super::terminal::{Terminal, clean_line};
use crate::access::ApiKeys;
use crate::store::unix_now;

/// Runs the command.
///
/// # Errors
/// No file of keys is configured, it cannot be used, or the name is not as it should be.
pub(super) fn execute(globals: &Globals, command: &KeyCommand) -> Result<Exit> {
    let config = prepare::settings(&globals.overrides(None))?;
    let path = &config.access.keys;
    if path.as_os_str().is_empty() {
        bail!("no file of keys is configured; set `access.keys`, as in IBID_ACCESS__KEYS=keys.toml");
    }
    let keys = ApiKeys::read(path)?;
    match command {
        KeyCommand::New { name, scope } => make(path, keys, name, scope),
        KeyCommand::List => list(&keys),
        KeyCommand::Revoke { key } => revoke(path, keys, key),
    }
}

fn make(path: &Path, mut keys: ApiKeys, name: &str, scopes: &[crate::access::Scope]) -> Result<Exit> {
    let key = keys.make(name, scopes, unix_now()).with_context(|| {
        format!(
            "`{name}` cannot be the name of a new key: it is taken, empty, too long or has control characters"
        )
    })?;
    keys.write(path)?;
    let terminal = Terminal::detect();
    terminal.complain("This is the only time the key is shown; only its hash is kept.");
    terminal.print(&format!("{key}\n"))?;
    Ok(Exit::Done)
}

fn list(keys: &ApiKeys) -> Result<Exit> {
    let terminal = Terminal::detect();
    for key in keys.iter() {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        terminal.print(&format!("{}  {}  {}\n", key.id, scopes.join(","), clean_line(&key.name)))?;
    }
    Ok(Exit::Done)
}

fn revoke(path: &Path, mut keys: ApiKeys, key: &str) -> Result<Exit> {
    let Some(gone) = keys.revoke(key) else {
        bail!("no key has the id or name `{key}`; `ibid key list` shows them");
    };
    keys.write(path)?;
    Terminal::detect().complain(&format!("{} ({}) is no longer let in", gone.name, gone.id));
    Ok(Exit::Done)
}
