//! A client program at work: what is written to it, what it writes. In: a command. Out: bytes, as they come. It is never
//! waited for longer than whoever asks is ready to wait, and it ends with this.

use crate::data::work::{Budget, Stopped};
use std::io::{self, Read, Write};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is taken from a pipe at a time, and how many of these may wait.
const CHUNK: usize = 64 << 10;
const CHUNKS: usize = 4;
/// How often it is asked whether to stop while nothing comes.
const PATIENCE: Duration = Duration::from_millis(20);
/// How much of the words on stderr is kept.
const WORDS: usize = 16 << 10;
/// How long the words of a program that has ended are waited for.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A program that runs.
pub(super) struct Running {
    child: Child,
    /// None once it is told that no more comes.
    input: Option<Sender<Vec<u8>>>,
    output: Receiver<Vec<u8>>,
    words: Arc<Mutex<Vec<u8>>>,
    said_all: Receiver<()>,
    /// What has come and is not taken yet.
    open: Vec<u8>,
    taken: usize,
    /// Whether it has answered something.
    pub(super) began: bool,
}

impl Running {
    /// Starts it.
    pub(super) fn start(command: &mut Command) -> io::Result<Running> {
        let mut child = command.spawn()?;
        let pipe = || io::Error::other("it has no pipes");
        let (mut stdin, mut stdout, mut stderr) = (
            child.stdin.take().ok_or_else(pipe)?,
            child.stdout.take().ok_or_else(pipe)?,
            child.stderr.take().ok_or_else(pipe)?,
        );
        let (input, from_us) = channel::<Vec<u8>>();
        // A program that does not listen holds up this thread alone.
        std::thread::spawn(move || {
            while let Ok(bytes) = from_us.recv() {
                if stdin.write_all(&bytes).and_then(|()| stdin.flush()).is_err() {
                    break;
                }
            }
        });
        let (to_us, output) = sync_channel(CHUNKS);
        std::thread::spawn(move || {
            let mut chunk = vec![0; CHUNK];
            while let Ok(count @ 1..) = stdout.read(&mut chunk) {
                let Some(read) = chunk.get(..count) else { break };
                if to_us.send(read.to_vec()).is_err() {
                    break;
                }
            }
        });
        let words = Arc::new(Mutex::new(Vec::new()));
        let (kept, (ended, said_all)) = (Arc::clone(&words), channel());
        std::thread::spawn(move || {
            let mut chunk = vec![0; 4096];
            while let Ok(count @ 1..) = stderr.read(&mut chunk) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let room = WORDS.saturating_sub(kept.len()).min(count);
                kept.extend_from_slice(chunk.get(..room).unwrap_or(&[]));
            }
            let _ = ended.send(());
        });
        let input = Some(input);
        Ok(Running { child, input, output, words, said_all, open: Vec::new(), taken: 0, began: false })
    }

    /// Hands it something to read; it is not waited for.
    pub(super) fn write(&self, text: String) {
        // Where it has ended, so does what it writes, and that is seen.
        if let Some(input) = &self.input {
            let _ = input.send(text.into_bytes());
        }
    }

    /// Tells it that no more comes.
    pub(super) fn close(&mut self) {
        self.input = None;
    }

    /// What it said beside its answers, once it has ended.
    pub(super) fn words(&mut self) -> String {
        let _ = self.said_all.recv_timeout(LAST_WORDS);
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&words).into_owned()
    }

    /// What it writes, as long as whoever asks wants to wait.
    pub(super) fn output<'a>(&'a mut self, budget: &'a Budget) -> Output<'a> {
        Output { running: self, budget }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The output of a program; its end is the end of the program.
pub(super) struct Output<'a> {
    running: &'a mut Running,
    budget: &'a Budget,
}

impl Read for Output<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.running.taken == self.running.open.len() {
            self.budget.check().map_err(|stopped: Stopped| io::Error::other(stopped))?;
            match self.running.output.recv_timeout(PATIENCE) {
                Ok(chunk) => (self.running.open, self.running.taken) = (chunk, 0),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
        let waiting = self.running.open.get(self.running.taken..).unwrap_or(&[]);
        let count = waiting.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), waiting.get(..count)) {
            to.copy_from_slice(from);
        }
        self.running.taken += count;
        Ok(count)
    }
}
