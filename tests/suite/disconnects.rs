//! What a patient has asked is answered once, in order, whatever happens to the connection or the server.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::future::join_all;

use crate::bad_network::BadNetwork;
use crate::driver::{Driver, QUESTION};
use crate::patient::{Patient, Tally};

const PATIENTS: usize = 16;

fn question(number: usize) -> String {
    match number % 3 {
        0 => QUESTION.to_owned(),
        1 => format!("May the kettle number {number} be stored wet?"),
        _ => format!("zygomorphic quixotry {number}"),
    }
}

fn sum(tallies: &[Tally]) -> Tally {
    tallies.iter().fold(Tally::default(), |sum, one| Tally {
        answered: sum.answered + one.answered,
        connections: sum.connections + one.connections,
        forgotten: sum.forgotten + one.forgotten,
        doubled: sum.doubled + one.doubled,
        gaps: sum.gaps + one.gaps,
        disordered: sum.disordered + one.disordered,
    })
}

#[track_caller]
fn faultless(tally: &Tally, asked: usize) {
    let Tally { answered, forgotten, doubled, gaps, disordered, .. } = *tally;
    assert_eq!((answered, forgotten, doubled, gaps, disordered), (asked, 0, 0, 0, 0), "{tally:?}");
}

/// Chatwoot loses what is sent while the socket is down (995, 14934).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_cuts_lose_nothing_and_double_nothing() {
    let server = Driver::start().await;
    let network = BadNetwork::before(&server.address, 0x1b1d).await;
    let (mut rounds, mut whole) = (0, Tally::default());
    while network.cuts() < 1000 {
        rounds += 1;
        let talks = (0..PATIENTS).map(|_| Patient::new(&network.address, 40).talk(question));
        let tallies = join_all(talks).await;
        faultless(&sum(&tallies), PATIENTS * 40);
        whole = sum(&[whole, sum(&tallies)]);
    }
    println!(
        "{} cuts: {} questions over {} connections, {} answered, {} lost, {} doubled, {} out of order, {} gaps",
        network.cuts(),
        rounds * PATIENTS * 40,
        whole.connections,
        whole.answered,
        rounds * PATIENTS * 40 - whole.answered,
        whole.doubled,
        whole.disordered,
        whole.gaps
    );
    network.calm_down();
    faultless(&Patient::new(&network.address, 5).talk(question).await, 5);
}

/// A server in a process of its own, so that it can be killed.
struct Victim {
    folder: tempfile::TempDir,
    listen: String,
    child: Child,
}

impl Victim {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("corpus")).unwrap();
        let text = "# Kettles\n\nThe kettle should be descaled every six weeks with vinegar.\n";
        std::fs::write(folder.path().join("corpus/kettles.md"), text).unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = free.local_addr().unwrap().to_string();
        drop(free);
        let child = Self::spawn(folder.path(), &listen);
        Self { folder, listen, child }
    }

    fn spawn(folder: &std::path::Path, listen: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_ibid"))
            .current_dir(folder)
            .args(["serve", "--listen", listen])
            .env("IBID_SESSIONS__PATH", folder.join("sessions.sqlite"))
            .env("IBID_SESSIONS_KEY", "5e".repeat(32))
            .env("IBID_ENCODER__ENABLED", "false")
            .env("IBID_SERVER__QUESTIONS_PER_MINUTE", "0")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Kills it without a chance to clean up, and starts it anew.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = Self::spawn(self.folder.path(), &self.listen);
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_and_started_anew_knows_its_sessions() {
    const KILLS: usize = 12;
    let mut victim = Victim::start();
    let address = victim.listen.clone();
    let talks = (0..PATIENTS).map(|_| tokio::spawn(Patient::new(&address, 150).talk(question)));
    let talks: Vec<_> = talks.collect();
    let mut kills = 0;
    while talks.iter().any(|talk| !talk.is_finished()) {
        tokio::time::sleep(Duration::from_millis(250 + 37 * kills as u64)).await;
        if kills < KILLS {
            victim.kill();
            kills += 1;
        }
    }
    let tallies: Vec<Tally> = join_all(talks).await.into_iter().map(Result::unwrap).collect();
    let tally = sum(&tallies);
    println!("{kills} kills: {tally:?}");
    assert!(tally.connections > PATIENTS, "nobody was cut off: {tally:?}");
    assert_eq!(
        (tally.answered, tally.doubled, tally.gaps, tally.disordered),
        (PATIENTS * 150, 0, 0, 0),
        "{tally:?}"
    );
    // Who was greeted but had not had an answer kept when the server fell begins anew, and loses nothing.
    assert!(tally.forgotten <= PATIENTS, "{tally:?}");
}
