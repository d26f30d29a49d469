//! What a patient has asked is answered once, in order, whatever happens to the connection or the server.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;

use crate::bad_network::BadNetwork;
use crate::driver::{Driver, QUESTION};
use crate::patient::{Patient, Tally};
use crate::program::{self, Program};

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
    program: Program,
    listen: String,
    folder: tempfile::TempDir,
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
        Self { program: Self::program(folder.path(), &listen), listen, folder }
    }

    fn program(folder: &Path, listen: &str) -> Program {
        let mut command = program::command(folder);
        command
            .args(["serve", "--listen", listen])
            .env("IBID_SESSIONS__PATH", folder.join("sessions.sqlite"))
            .env("IBID_SESSIONS_KEY", "5e".repeat(32))
            .env("IBID_ENCODER__ENABLED", "false")
            .env("IBID_SERVER__QUESTIONS_PER_MINUTE", "0");
        Program::start(command)
    }

    /// Kills it without a chance to clean up, and starts it anew.
    fn kill(&mut self) {
        self.program.kill();
        self.start_anew();
    }

    /// Starts it anew if it ended by itself: somebody else may have had its port for a moment.
    fn revive(&mut self) {
        if self.program.has_ended() {
            self.start_anew();
        }
    }

    fn start_anew(&mut self) {
        self.program = Self::program(self.folder.path(), &self.listen);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_and_started_anew_knows_its_sessions() {
    const KILLS: usize = 12;
    let mut victim = Victim::start();
    let progress = Arc::new(AtomicUsize::new(0));
    let patient = || Patient::new(&victim.listen, 150).counted_in(&progress);
    let talks: Vec<_> = (0..PATIENTS).map(|_| tokio::spawn(patient().talk(question))).collect();
    let (mut kills, mut answers) = (0, 0);
    while talks.iter().any(|talk| !talk.is_finished()) {
        tokio::time::sleep(Duration::from_millis(50 + 17 * kills as u64)).await;
        victim.revive();
        // In the midst of a talk: a server that nobody has reached yet has nothing to lose.
        let now = progress.load(Ordering::Relaxed);
        if kills < KILLS && now > answers {
            victim.kill();
            kills += 1;
            answers = now;
        }
    }
    let tallies: Vec<Tally> = join_all(talks).await.into_iter().map(Result::unwrap).collect();
    let tally = sum(&tallies);
    println!("{kills} kills: {tally:?}");
    assert_eq!(kills, KILLS, "{tally:?}");
    assert!(tally.connections > PATIENTS, "nobody was cut off: {tally:?}");
    faultless(&tally, PATIENTS * 150);
}
