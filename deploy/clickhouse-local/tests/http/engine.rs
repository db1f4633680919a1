//! An engine process of the tests' own, on a free port, over a directory that goes away with it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder, Response};
use tempfile::TempDir;

const START_TIMEOUT: Duration = Duration::from_secs(600);

/// A running engine.
pub(crate) struct Engine {
    process: Mutex<Child>,
    pub(crate) url: String,
}

impl Engine {
    /// Starts an engine over `data_dir` and waits until it answers; the first ever fetches the library.
    pub(crate) async fn start(data_dir: &Path, arguments: &[&str]) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut process = Command::new(env!("CARGO_BIN_EXE_loupe-clickhouse"))
            .arg("--data-dir")
            .arg(data_dir)
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .args(arguments)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        std::thread::spawn(move || log.lines().map_while(Result::ok).for_each(|line| eprintln!("engine: {line}")));
        let engine = Self { process: Mutex::new(process), url: format!("http://127.0.0.1:{port}") };
        let deadline = Instant::now() + START_TIMEOUT;
        while engine.get("/ping").send().await.is_err() {
            let ended = engine.process.lock().unwrap().try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < deadline, "the engine did not start: {ended:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        engine
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        Client::new().get(format!("{}{path}", self.url))
    }

    pub(crate) fn post(&self, fields: &[(&str, &str)]) -> RequestBuilder {
        let fields = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Client::new().post(format!("{}/?{fields}", self.url))
    }

    /// Runs `sql` and returns its text; panics with the engine's words when it fails.
    pub(crate) async fn text(&self, sql: &str) -> String {
        let response = self.post(&[]).body(sql.to_owned()).send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{sql}: {text}");
        text
    }

    /// Ends the process as a crash would.
    pub(crate) fn kill(&self) {
        let mut process = self.process.lock().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Asks the process to stop and returns whether it ended well.
    pub(crate) fn terminate(&self) -> bool {
        let mut process = self.process.lock().unwrap();
        let id = process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        process.wait().unwrap().success()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let process = self.process.get_mut().unwrap();
        // It may have ended already.
        drop(process.kill());
        drop(process.wait());
    }
}

/// An engine over a new directory.
pub(crate) async fn fresh() -> (Engine, TempDir) {
    fresh_with(&[]).await
}

/// An engine over a new directory, with arguments.
pub(crate) async fn fresh_with(arguments: &[&str]) -> (Engine, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (Engine::start(directory.path(), arguments).await, directory)
}

/// The code of an answer that must be an exception, checked to be the same in header and text.
pub(crate) async fn exception_code(response: Response) -> (u16, u32) {
    let status = response.status().as_u16();
    let code = response.headers().get("x-clickhouse-exception-code").expect("an exception's code");
    let code = code.to_str().unwrap().parse().unwrap();
    let text = response.text().await.unwrap();
    assert!(text.starts_with(&format!("Code: {code}. DB::Exception: ")), "{text}");
    (status, code)
}
