//! A network that fails: a proxy that lets so many bytes through, late and in pieces, and then cuts, in the middle of
//! a frame as often as not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Most bytes that a connection may carry one way before it is cut.
const LONGEST: usize = 12_000;

pub(crate) struct BadNetwork {
    pub(crate) address: String,
    cuts: Arc<AtomicUsize>,
    calm: Arc<AtomicBool>,
    accepting: JoinHandle<()>,
}

impl BadNetwork {
    /// Between clients and the server at `target`; `seed` makes it repeatable but for the timing.
    pub(crate) async fn before(target: &str, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (cuts, calm) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (target, counted, quiet) = (target.to_owned(), Arc::clone(&cuts), Arc::clone(&calm));
        let accepting = tokio::spawn(async move {
            let mut chance = Chance(seed);
            while let Ok((client, _)) = listener.accept().await {
                let link = Link { chance: Chance(chance.next()), calm: Arc::clone(&quiet) };
                tokio::spawn(carry(client, target.clone(), link, Arc::clone(&counted)));
            }
        });
        Self { address, cuts, calm, accepting }
    }

    /// Connections cut so far.
    pub(crate) fn cuts(&self) -> usize {
        self.cuts.load(Ordering::Relaxed)
    }

    /// Cuts no more.
    pub(crate) fn calm_down(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }
}

impl Drop for BadNetwork {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Xorshift (Marsaglia, 2003): enough for a test, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }
}

struct Link {
    chance: Chance,
    calm: Arc<AtomicBool>,
}

async fn carry(client: TcpStream, target: String, mut link: Link, cuts: Arc<AtomicUsize>) {
    let Ok(server) = TcpStream::connect(&target).await else { return };
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    let mut half = |longest: usize| Half {
        left: 400 + link.chance.below(longest),
        chance: Chance(link.chance.next() | 1),
        calm: Arc::clone(&link.calm),
    };
    let (up, down) = (half(1_200), half(LONGEST));
    // Whichever way is cut first takes the other with it: both sockets are dropped, what they hold is lost.
    let cut = tokio::select! {
        cut = up.run(client_read, server_write) => cut,
        cut = down.run(server_read, client_write) => cut,
    };
    cuts.fetch_add(usize::from(cut), Ordering::Relaxed);
}

struct Half {
    left: usize,
    chance: Chance,
    calm: Arc<AtomicBool>,
}

impl Half {
    /// Carries bytes until there are no more, which is false, or the line is cut.
    async fn run(mut self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> bool {
        let mut buffer = [0; 2048];
        loop {
            let wanted = 1 + self.chance.below(buffer.len() - 1);
            let Ok(count @ 1..) = from.read(&mut buffer[..wanted]).await else { return false };
            if self.chance.below(40) == 0 {
                tokio::time::sleep(Duration::from_millis(1 + self.chance.below(8) as u64)).await;
            }
            let is_calm = self.calm.load(Ordering::Relaxed);
            let carried = if is_calm { count } else { count.min(self.left) };
            if to.write_all(&buffer[..carried]).await.is_err() {
                return false;
            }
            if !is_calm {
                self.left -= carried;
                if self.left == 0 {
                    return true;
                }
            }
        }
    }
}
