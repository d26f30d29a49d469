//! The program as a process of its own, which no setting of the environment reaches; it is killed when it is dropped.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

/// Longest wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program, to be run in `folder` without input.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ibid"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("IBID_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// The program at work.
pub(crate) struct Program {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    log: NamedTempFile,
    /// Where it listens; empty where nobody waited for it to say so.
    pub(crate) address: String,
}

impl Program {
    /// Starts `command` and waits for nothing.
    #[track_caller]
    pub(crate) fn start(mut command: Command) -> Self {
        let log = NamedTempFile::new().unwrap();
        command.stdout(Stdio::piped()).stderr(log.reopen().unwrap());
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        Self { child, stdout, log, address: String::new() }
    }

    /// Starts `command`, a server, and waits until it says where it listens.
    #[track_caller]
    pub(crate) fn serve(command: Command) -> Self {
        let mut program = Self::start(command);
        let line = program.first_line();
        let address = line.trim_end().strip_prefix("ibid listening on http://");
        program.address =
            address.unwrap_or_else(|| panic!("no address in {line:?}: {}", program.log())).to_owned();
        program
    }

    #[track_caller]
    fn first_line(&mut self) -> String {
        let mut stdout = self.stdout.take().unwrap();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            let _ = tell.send((line, stdout));
        });
        let Ok((line, stdout)) = told.recv_timeout(PATIENCE) else {
            panic!("it said nothing within {PATIENCE:?}: {}", self.log());
        };
        self.stdout = Some(stdout);
        line
    }

    /// What it sends for a `GET`, head and body.
    pub(crate) fn get(&self, path: &str) -> String {
        self.get_with(path, "")
    }

    /// The same with `headers`, each of which ends its line.
    pub(crate) fn get_with(&self, path: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let address = &self.address;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Connection: close\r\n\r\n")
            .unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).unwrap();
        String::from_utf8_lossy(&response).into_owned()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log.path()).unwrap()).into_owned()
    }

    /// Reads its standard output no more.
    pub(crate) fn hang_up(&mut self) {
        self.stdout = None;
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Kills it without a chance to clean up.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits until it has ended by itself.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end: {}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// What came on standard output after the first line. Call it when it has ended.
    pub(crate) fn rest_of_stdout(&mut self) -> String {
        let mut rest = String::new();
        self.stdout.as_mut().unwrap().read_to_string(&mut rest).unwrap();
        rest
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
