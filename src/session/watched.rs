//! Files as they are read for a statement. In: a file of [`Files`], and what is known of it. Out: a reader that stops when
//! it is asked to, that does not go beyond the memory allowed, and that does not take a part of a file for all of it.

use super::Files;
use crate::data::work::{Budget, Stopped};
use crate::diagnostic::words::megabytes;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is taken from a pipe at a time.
const CHUNK: usize = 64 << 10;
/// How often it is asked whether to stop while nothing comes.
const PATIENCE: Duration = Duration::from_millis(20);

/// How a file is watched.
#[derive(Clone)]
pub(super) struct Watch {
    /// Asks whether to stop.
    pub(super) budget: Budget,
    /// How many bytes it must have; not known of a pipe.
    pub(super) size: Option<u64>,
    /// How many it may have where that is not known.
    pub(super) most: u64,
}

impl Watch {
    /// The same file, watched.
    pub(super) fn over(&self, inner: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(Watched { inner, watch: self.clone(), read: 0 })
    }
}

struct Watched {
    inner: Box<dyn Read + Send>,
    watch: Watch,
    read: u64,
}

impl Read for Watched {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let stopped = |stopped: Stopped| io::Error::other(stopped);
        self.watch.budget.check().map_err(stopped)?;
        let count = self.inner.read(out)?;
        self.read += count as u64;
        match self.watch.size {
            // Files of the system that are made when they are read have no size.
            Some(0) => Ok(count),
            Some(size) if (count == 0 && !out.is_empty() && self.read < size) || self.read > size => {
                let words =
                    format!("it has {size} bytes, and {} were read: it changes while it is read", self.of_the_file());
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, words))
            }
            None if self.read > self.watch.most => Err(io::Error::other(format!(
                "it has more than {} MB, which is `--max-memory`; save it as a file, which is read part by part",
                megabytes(self.watch.most)
            ))),
            _ => Ok(count),
        }
    }
}

impl Watched {
    fn of_the_file(&self) -> String {
        if self.watch.size.is_some_and(|size| self.read > size) { "more".into() } else { self.read.to_string() }
    }
}

/// A writer that stops when it is asked to.
pub(super) struct Polled<'a> {
    pub(super) to: &'a mut dyn Write,
    pub(super) budget: &'a Budget,
    /// Bytes since it was last asked.
    pub(super) since: usize,
}

impl Write for Polled<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.since += bytes.len();
        if self.since >= CHUNK {
            self.since = 0;
            self.budget.check().map_err(io::Error::other)?;
        }
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// What comes through a pipe, kept so that it can be read more than once, and waited for in a thread of its own, so that
/// waiting can be stopped.
pub(super) struct Spool(Mutex<Kept>);

struct Kept {
    bytes: Vec<u8>,
    more: Option<Receiver<io::Result<Vec<u8>>>>,
    /// Why there is no more of it, if that is not its end.
    failed: Option<(io::ErrorKind, String)>,
}

impl Spool {
    /// Begins to read.
    pub(super) fn begin(files: Arc<dyn Files>, path: PathBuf) -> Arc<Spool> {
        let (send, more) = sync_channel(4);
        std::thread::spawn(move || {
            let mut reader = match files.open(&path) {
                Ok(reader) => reader,
                Err(error) => return drop(send.send(Err(error))),
            };
            loop {
                let mut chunk = vec![0; CHUNK];
                let read = match reader.read(&mut chunk) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                    other => other,
                };
                let ends = !matches!(read, Ok(1..));
                let sent = match read {
                    Ok(0) => return,
                    Ok(count) => {
                        chunk.truncate(count);
                        send.send(Ok(chunk))
                    }
                    Err(error) => send.send(Err(error)),
                };
                if ends || sent.is_err() {
                    return;
                }
            }
        });
        Arc::new(Spool(Mutex::new(Kept { bytes: Vec::new(), more: Some(more), failed: None })))
    }

    /// All of it from the beginning.
    pub(super) fn reader(spool: &Arc<Spool>, budget: Budget) -> Box<dyn Read + Send> {
        Box::new(FromSpool { spool: Arc::clone(spool), at: 0, budget })
    }
}

struct FromSpool {
    spool: Arc<Spool>,
    at: usize,
    budget: Budget,
}

impl Read for FromSpool {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut kept = self.spool.0.lock().unwrap_or_else(PoisonError::into_inner);
        while self.at >= kept.bytes.len() {
            if let Some((kind, words)) = &kept.failed {
                return Err(io::Error::new(*kind, words.clone()));
            }
            let Some(more) = &kept.more else { return Ok(0) };
            match more.recv_timeout(PATIENCE) {
                Ok(Ok(chunk)) => kept.bytes.extend(chunk),
                Ok(Err(error)) => kept.failed = Some((error.kind(), error.to_string())),
                Err(RecvTimeoutError::Disconnected) => kept.more = None,
                Err(RecvTimeoutError::Timeout) => self.budget.check().map_err(io::Error::other)?,
            }
        }
        let rest = kept.bytes.get(self.at..).unwrap_or(&[]);
        let count = rest.len().min(out.len());
        out.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.at += count;
        Ok(count)
    }
}
