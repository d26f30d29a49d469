//! A stream whose writes must make progress.
//!
//! Guards against a client that asks and never reads, or a byte now and then: without it the answer would sit in
//! memory for as long as the client likes.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// The least that is to be taken of what waits, in bytes a second; GPRS carries a few times as much.
const LEAST_RATE: u128 = 1024;

/// Fails a write of which the other side has not taken enough for `patience`.
#[derive(Debug)]
pub(crate) struct TimedIo<S> {
    stream: S,
    patience: Duration,
    /// Runs from the first write that had to wait.
    deadline: Option<Pin<Box<Sleep>>>,
    /// Bytes that were taken since.
    taken: u128,
}

impl<S> TimedIo<S> {
    /// Wraps `stream`.
    pub(crate) fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, deadline: None, taken: 0 }
    }

    /// Counts what was `written`; once it is enough, a write that has to wait gets the whole time again.
    fn count(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &written {
            self.taken += *bytes as u128;
            if self.taken * 1000 >= self.patience.as_millis() * LEAST_RATE {
                self.begin_anew();
            }
        }
        self.judge(context, written)
    }

    fn begin_anew(&mut self) {
        self.deadline = None;
        self.taken = 0;
    }

    fn judge<T>(&mut self, context: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            return done;
        }
        let patience = self.patience;
        let taken = &mut self.taken;
        let deadline = self.deadline.get_or_insert_with(|| {
            *taken = 0;
            Box::pin(sleep(patience))
        });
        match deadline.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedIo<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.count(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.count(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        // Whoever flushes has written all that waited.
        if flushed.is_ready() {
            self.begin_anew();
        }
        self.judge(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn a_reader_that_takes_nothing_fails_the_write() {
        let (near, _far) = duplex(8);
        let mut near = TimedIo::new(near, Duration::from_millis(20));
        let error = near.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    /// Writes 8 KiB to a reader that takes `bytes` of it a second, on a clock that does not run by itself.
    async fn write_to_reader_of(bytes: usize) -> io::Result<()> {
        let (near, mut far) = duplex(64);
        let mut near = TimedIo::new(near, Duration::from_secs(5));
        let reader = async {
            let mut piece = vec![0; bytes];
            while far.read_exact(&mut piece).await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        };
        tokio::select! {
            written = near.write_all(&[0; 8 * 1024]) => written,
            () = reader => Ok(()),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_waited_for() {
        write_to_reader_of(LEAST_RATE as usize * 3 / 2).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_takes_a_little_now_and_then_fails_the_write() {
        let error = write_to_reader_of(4).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn short_writes_far_apart_are_no_slow_ones() {
        let (near, mut far) = duplex(8);
        let mut near = TimedIo::new(near, Duration::from_secs(5));
        for _ in 0..4 {
            let mut bytes = [0; 12];
            let (written, read) = tokio::join!(near.write_all(&[0; 12]), far.read_exact(&mut bytes));
            written.unwrap();
            read.unwrap();
            near.flush().await.unwrap();
            sleep(Duration::from_secs(6)).await;
        }
    }
}
