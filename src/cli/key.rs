//! `ibid key`: makes, lists and takes away API keys.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::Exit;
use super::args::{Globals, KeyCommand};
use super::prepare;
use super::terminal::{Terminal, clean_line};
use crate::access::{ApiKeys, KeysError, Scope};
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
    match command {
        KeyCommand::New { name, scope } => make(path, name, scope),
        KeyCommand::List => list(&ApiKeys::read(path)?),
        KeyCommand::Revoke { key } => revoke(path, key),
    }
}

fn make(path: &Path, name: &str, scopes: &[Scope]) -> Result<Exit> {
    if is_stdout_lost() {
        bail!("standard output is closed or thrown away, so that nobody would see the key; none was made");
    }
    let key = ApiKeys::change(path, |keys| {
        keys.make(name, scopes, unix_now()).with_context(|| {
            format!(
                "`{name}` cannot be the name of a new key: it is taken, empty, too long or has control characters"
            )
        })
    })?;
    let terminal = Terminal::detect();
    terminal.complain("This is the only time the key is shown; only its hash is kept.");
    if let Err(error) = terminal.print(&format!("{key}\n")) {
        take_back(path, &key).with_context(|| {
            format!("the key `{name}` could not be shown ({error:#}) and is still valid: revoke it")
        })?;
        bail!("the key could not be shown, so it was taken back: {error:#}");
    }
    Ok(Exit::Done)
}

/// Whether what is written to standard output is seen by nobody. One that is closed at the start is `/dev/null`
/// by the time it is looked at.
#[cfg(unix)]
fn is_stdout_lost() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let device = |about: std::fs::Metadata| about.file_type().is_char_device().then(|| about.rdev());
    let Ok(stdout) = std::io::stdout().as_fd().try_clone_to_owned() else { return true };
    let stdout = std::fs::File::from(stdout).metadata().ok().and_then(device);
    stdout.is_some() && stdout == std::fs::metadata("/dev/null").ok().and_then(device)
}

#[cfg(not(unix))]
fn is_stdout_lost() -> bool {
    false
}

fn take_back(path: &Path, key: &str) -> Result<(), KeysError> {
    ApiKeys::change(path, |keys| {
        if let Some(id) = keys.recognise(key).map(|known| known.id.clone()) {
            keys.revoke(&id);
        }
        Ok(())
    })
}

fn list(keys: &ApiKeys) -> Result<Exit> {
    let terminal = Terminal::detect();
    for key in keys.iter() {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        terminal.print(&format!("{}  {}  {}\n", key.id, scopes.join(","), clean_line(&key.name)))?;
    }
    Ok(Exit::Done)
}

fn revoke(path: &Path, key: &str) -> Result<Exit> {
    let gone = ApiKeys::change(path, |keys| {
        keys.revoke(key)
            .ok_or_else(|| anyhow!("no key has the id or name `{key}`; `ibid key list` shows them"))
    })?;
    Terminal::detect().complain(&format!("{} ({}) is no longer let in", gone.name, gone.id));
    Ok(Exit::Done)
}
