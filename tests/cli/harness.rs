//! A folder of its own for each test, the program run in it, and what came of that.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

/// So much of a stream is shown when a test fails.
const SHOWN: usize = 6000;

/// For a command without arguments.
pub(crate) const NO_ARGS: [&str; 0] = [];

/// A folder for one test. It stays where it is when the test fails, so that it can be looked at.
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new() -> Self {
        static N_FOLDERS: AtomicUsize = AtomicUsize::new(0);
        let number = N_FOLDERS.fetch_add(1, Ordering::Relaxed);
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("test").replace("::", "-");
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("the target folder can be written to");
        Self { path }
    }

    /// A folder with copies of samples, under their own names.
    pub(crate) fn with_samples(names: &[&str]) -> Self {
        let folder = Self::new();
        for name in names {
            folder.write(name, sample(name));
        }
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a file, and the folders it needs.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it stands in this folder")).expect("a test's folder can be written to");
        fs::write(path, content).expect("a test's folder can be written to");
    }

    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        let path = self.path(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; there are {:?}", path.display(), self.names()))
    }

    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("the file holds UTF-8")
    }

    #[track_caller]
    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.read(name)).expect("the file holds JSON")
    }

    #[track_caller]
    pub(crate) fn json_lines(&self, name: &str) -> Vec<Value> {
        self.text(name).lines().map(|line| serde_json::from_str(line).expect("each line holds JSON")).collect()
    }

    /// All files and folders in it, hidden ones too, in order; folders end in a slash.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.walk("", &mut names);
        names.sort();
        names
    }

    fn walk(&self, below: &str, names: &mut Vec<String>) {
        for entry in fs::read_dir(self.path.join(below)).expect("the folder is there") {
            let entry = entry.expect("the folder is there");
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.file_type().expect("the entry is there").is_dir() {
                names.push(format!("{name}/"));
                self.walk(&format!("{name}/"), names);
            } else {
                names.push(name);
            }
        }
    }

    /// The program, to be run in this folder.
    pub(crate) fn einmal<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Einmal {
        let mut command = Command::new(env!("CARGO_BIN_EXE_einmal"));
        command.args(args).current_dir(&self.path);
        Einmal { command }
    }

    /// A shell's command, to be run in this folder; `$0` is the program.
    #[cfg(unix)]
    pub(crate) fn shell(&self, command: &str) -> Einmal {
        let mut shell = Command::new("sh");
        shell.args(["-c", command, env!("CARGO_BIN_EXE_einmal")]).current_dir(&self.path);
        Einmal { command: shell }
    }

    /// `einmal dedup`, to be run in this folder.
    pub(crate) fn dedup<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Einmal {
        let mut einmal = self.einmal(["dedup"]);
        einmal.command.args(args);
        einmal
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // What cannot be removed does no harm in the target folder.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// The bytes of a file in `samples/`.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A sample that is text.
pub(crate) fn sample_text(name: &str) -> String {
    String::from_utf8(sample(name)).expect("the sample is text")
}

/// JSON Lines of ids and texts.
pub(crate) fn jsonl<I: AsRef<str>, T: AsRef<str>>(records: impl IntoIterator<Item = (I, T)>) -> String {
    let line = |(id, text): (I, T)| format!("{}\n", serde_json::json!({"id": id.as_ref(), "text": text.as_ref()}));
    records.into_iter().map(line).collect()
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

pub(crate) fn gunzip(content: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(content).read_to_end(&mut text).expect("the file is sound gzip");
    text
}

pub(crate) fn zstd(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 3).expect("memory takes everything")
}

pub(crate) fn unzstd(content: &[u8]) -> Vec<u8> {
    zstd::decode_all(content).expect("the file is sound zstd")
}

/// A command that is about to be run.
pub(crate) struct Einmal {
    command: Command,
}

impl Einmal {
    /// Lets another file take standard output.
    pub(crate) fn stdout_to(mut self, file: fs::File) -> Finishing {
        let shown = format!("{:?}", self.command);
        let child = self.command.stdin(Stdio::null()).stdout(file).stderr(Stdio::piped()).spawn();
        Finishing { shown, child: child.expect("the program is built") }
    }

    /// Runs it with nothing on standard input.
    pub(crate) fn run(mut self) -> Outcome {
        let shown = format!("{:?}", self.command);
        let output = self.command.stdin(Stdio::null()).output().expect("the program is built");
        Outcome::new(shown, output)
    }

    /// Runs it with nothing on standard input, and ends it where it takes longer than `limit`. What it writes must fit into a pipe.
    pub(crate) fn run_within(self, limit: Duration) -> Outcome {
        let mut running = self.spawn();
        drop(running.child.stdin.take());
        let started = Instant::now();
        while running.child.try_wait().expect("the program can be waited for").is_none() {
            if started.elapsed() > limit {
                running.child.kill().expect("it is running");
            }
            sleep(Duration::from_millis(5));
        }
        running.finish()
    }

    /// Runs it with `input` on standard input.
    pub(crate) fn run_with(self, input: impl Into<Vec<u8>>) -> Outcome {
        let input = input.into();
        self.run_with_writer(move |stdin| stdin.write_all(&input))
    }

    /// Runs it with what `write` writes on standard input.
    pub(crate) fn run_with_writer(self, write: impl FnOnce(&mut ChildStdin) -> io::Result<()> + Send) -> Outcome {
        let mut running = self.spawn();
        let mut stdin = running.child.stdin.take().expect("it was asked for");
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // The program may have seen enough before the end.
                let _ = write(&mut stdin);
            });
            running.finish()
        })
    }

    /// Runs it as somebody who has no privileges, with nothing on standard input: as it is, or, where the tests have all rights, as another user. `None` if that one cannot start it,
    /// since the folders above are closed to others.
    #[cfg(unix)]
    pub(crate) fn without_privileges(mut self) -> Option<Outcome> {
        use std::os::unix::fs::MetadataExt;
        use std::os::unix::process::CommandExt;
        /// Who owns nothing, on all systems.
        const NOBODY: u32 = 65534;
        let shown = format!("{:?}", self.command);
        if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            self.command.uid(NOBODY).gid(NOBODY);
        }
        let output = self.command.stdin(Stdio::null()).output().ok()?;
        Some(Outcome::new(shown, output))
    }

    /// Starts it, with pipes on all sides.
    pub(crate) fn spawn(mut self) -> Finishing {
        let shown = format!("{:?}", self.command);
        let child = self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Finishing { shown, child: child.expect("the program is built") }
    }
}

/// A program that is running.
pub(crate) struct Finishing {
    shown: String,
    pub(crate) child: Child,
}

impl Finishing {
    /// Waits for its end; standard input is closed if it is still here.
    pub(crate) fn finish(self) -> Outcome {
        let output = self.child.wait_with_output().expect("the program can be waited for");
        Outcome::new(self.shown, output)
    }
}

/// What came of a run.
pub(crate) struct Outcome {
    command: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Outcome {
    fn new(command: String, output: Output) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Self { command, code: output.status.code(), stdout: output.stdout, stderr }
    }

    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert!(self.code == Some(code), "expected exit code {code}\n{self}");
        self
    }

    #[track_caller]
    pub(crate) fn stdout_is(&self, expected: impl AsRef<[u8]>) -> &Self {
        let expected = expected.as_ref();
        assert!(self.stdout == expected, "expected on standard output:\n{}\n{self}", shown(expected));
        self
    }

    #[track_caller]
    pub(crate) fn stdout_is_empty(&self) -> &Self {
        self.stdout_is("")
    }

    #[track_caller]
    pub(crate) fn stderr_is_empty(&self) -> &Self {
        assert!(self.stderr.is_empty(), "expected nothing on standard error\n{self}");
        self
    }

    /// Checks that standard error holds each of these.
    #[track_caller]
    pub(crate) fn stderr_holds(&self, expected: &[&str]) -> &Self {
        for part in expected {
            assert!(self.stderr.contains(part), "expected on standard error: {part}\n{self}");
        }
        self
    }

    /// Checks that standard error is one message that begins with the program's name and this, with or without a hint after it.
    #[track_caller]
    pub(crate) fn complains(&self, start: &str) -> &Self {
        assert!(self.stderr.starts_with(&format!("einmal: {start}")), "expected a message that begins with: {start}\n{self}");
        let (message, hint) = self.stderr.split_once("\n\nhint: ").unwrap_or((self.stderr.trim_end(), "none"));
        assert!(!message.contains('\n') && !hint.trim_end().contains('\n'), "expected one line, and a hint at most\n{self}");
        assert!(self.stderr.ends_with('\n'), "expected a line break at the end\n{self}");
        self
    }

    /// Checks that the message leads to a way out.
    #[track_caller]
    pub(crate) fn hints_at(&self, way_out: &str) -> &Self {
        let hint = self.stderr.split_once("\n\nhint: ").map(|(_, hint)| hint);
        assert!(hint.is_some_and(|hint| hint.contains(way_out)), "expected a hint with: {way_out}\n{self}");
        self
    }

    #[track_caller]
    pub(crate) fn stdout_text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap_or_else(|error| panic!("standard output is no UTF-8: {error}\n{self}"))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "command: {}", self.command)?;
        match self.code {
            Some(code) => writeln!(f, "exit code: {code}")?,
            None => writeln!(f, "ended by a signal")?,
        }
        writeln!(f, "standard output, {} bytes:\n{}", self.stdout.len(), shown(&self.stdout))?;
        writeln!(f, "standard error, {} bytes:\n{}", self.stderr.len(), shown(self.stderr.as_bytes()))
    }
}

/// Bytes for a message, in full unless they are very many.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).into_owned();
    if bytes.len() > SHOWN { format!("{text} ... ({} bytes)", bytes.len()) } else { text }
}

/// Fails unless two texts are the same, and shows where they begin to differ.
#[track_caller]
pub(crate) fn assert_same(found: &[u8], expected: &[u8], what: &str) {
    if found == expected {
        return;
    }
    let at = found.iter().zip(expected).take_while(|(a, b)| a == b).count();
    let from = at.saturating_sub(60);
    let part = |bytes: &[u8]| shown(&bytes[from.min(bytes.len())..(at + 200).min(bytes.len())]);
    panic!(
        "{what}: {} bytes found, {} expected; they differ from byte {at} on\nfound:    {}\nexpected: {}",
        found.len(),
        expected.len(),
        part(found),
        part(expected)
    );
}
