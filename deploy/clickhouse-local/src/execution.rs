//! Runs one request's statement on a thread that may block.

use std::io::Read;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use crate::body::BodyReader;
use crate::compression::Encoding;
use crate::engine::Engine;
use crate::errors::{Code, Exception};
use crate::ffi::{Connection, EngineError, Parameter, StatementClass};
use crate::formats::{Chunks, chunks_of};
use crate::lexer::{is_select, mentions, output_format};
use crate::overrides::Overrides;
use crate::request::Request;
use crate::response::{ClientGone, Reply, Summary};
use crate::sessions::{SessionGuard, Sessions};
use crate::statement::Statement;

/// The bytes handed to the engine at a time.
const INSERT_BYTES: usize = 1 << 20;
/// The bytes of a whole result sent at a time.
const RESULT_BYTES: usize = 1 << 20;
/// Clauses whose extra rows a streamed result leaves out.
const WHOLE_RESULT_CLAUSES: [&str; 3] = ["TOTALS", "EXTREMES", "OUTFILE"];

/// A request that was admitted.
pub(crate) struct Job {
    pub(crate) engine: Arc<Engine>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) request: Request,
    pub(crate) body: BodyReader,
    /// The mark by which [`Engine::kill`] finds the statement.
    pub(crate) log_comment: String,
    pub(crate) statement_bytes_max: usize,
    /// Counts this statement among those that run at once.
    pub(crate) permit: OwnedSemaphorePermit,
}

/// Why a statement has no complete answer.
enum Failure {
    Exception(Exception),
    ClientGone,
}

impl From<Exception> for Failure {
    fn from(exception: Exception) -> Self {
        Self::Exception(exception)
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::Exception(error.into())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Exception(error.into())
    }
}

impl From<ClientGone> for Failure {
    fn from(ClientGone: ClientGone) -> Self {
        Self::ClientGone
    }
}

/// A connection of its own, or a session's.
enum Lease {
    Own(Connection),
    Session(SessionGuard),
}

impl Lease {
    fn connection(&mut self) -> Result<&mut Connection, Exception> {
        match self {
            Self::Own(connection) => Ok(connection),
            Self::Session(guard) => {
                guard.connection().ok_or_else(|| Exception::new(Code::UnknownException, "The session is closed"))
            }
        }
    }
}

/// Runs `job` and answers through `reply`.
pub(crate) fn run(job: Job, mut reply: Reply) {
    let query_id = job.log_comment.clone();
    match execute(job, &mut reply) {
        Ok(()) => reply.finish(),
        Err(Failure::Exception(exception)) => {
            tracing::debug!(query_id, %exception, "statement failed");
            reply.fail(&exception);
        }
        Err(Failure::ClientGone) => tracing::debug!(query_id, "the client left"),
    }
}

fn execute(job: Job, reply: &mut Reply) -> Result<(), Failure> {
    let Job { engine, sessions, request, body, log_comment, statement_bytes_max, permit } = job;
    let mut body = request.body_encoding.reader(Box::new(body))?;
    let statement = Statement::read(request.query.clone(), &mut body, statement_bytes_max)?;
    let mut lease = match request.session.clone() {
        Some(session) => Lease::Session(sessions.take(session, || engine.connect())?),
        None => Lease::Own(engine.connect()?),
    };
    let is_kept = matches!(lease, Lease::Session(_));
    let connection = lease.connection()?;
    let mut settings = request.settings.clone();
    settings.push(("log_comment".to_owned(), log_comment));
    let overrides = Overrides::apply(connection, request.database.as_deref(), &settings, is_kept)?;
    let result = run_statement(connection, &request, statement, &mut body, reply);
    overrides.restore(connection);
    drop(permit);
    result
}

fn run_statement(
    connection: &mut Connection,
    request: &Request,
    statement: Statement,
    body: &mut dyn Read,
    reply: &mut Reply,
) -> Result<(), Failure> {
    match statement {
        Statement::Insert { .. } if request.is_read_only => Err(read_only().into()),
        Statement::Insert { text, format, lead } => {
            let insert = Insert { text: &text, format: &format, parameters: &request.parameters };
            let summary = insert.run(connection, &lead, body)?;
            Ok(reply.begin(None, Encoding::Identity, summary)?)
        }
        Statement::Text(sql) => {
            let analysis = connection.classify(&sql)?;
            if analysis.statement_count > 1 {
                let reason = "Syntax error (Multi-statements are not allowed)";
                return Err(Exception::new(Code::SyntaxError, reason).into());
            }
            // A text that does not parse goes on to the engine, whose error says where it is wrong.
            if request.is_read_only && analysis.class == StatementClass::Other {
                return Err(read_only().into());
            }
            run_text(connection, request, &sql, reply)
        }
    }
}

fn read_only() -> Exception {
    Exception::new(
        Code::Readonly,
        "Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly",
    )
}

/// An INSERT and how its data is written.
struct Insert<'i> {
    text: &'i str,
    format: &'i str,
    parameters: &'i [Parameter],
}

impl Insert<'_> {
    /// Stores `lead` and then `body`; an error of the body drops the stream, which stores nothing of its last block.
    fn run(&self, connection: &mut Connection, lead: &[u8], body: &mut dyn Read) -> Result<Summary, Failure> {
        let started_at = Instant::now();
        let mut stream = connection.insert(self.text, self.format, self.parameters)?;
        stream.append(lead)?;
        let mut buffer = vec![0; INSERT_BYTES];
        loop {
            let filled = fill(body, &mut buffer)?;
            if filled == 0 {
                break;
            }
            stream.append(&buffer[..filled])?;
        }
        let written = stream.finish()?.written();
        Ok(Summary { written, elapsed: started_at.elapsed(), ..Summary::default() })
    }
}

/// Reads until `buffer` is full or the body ends.
fn fill(body: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match body.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

fn run_text(connection: &mut Connection, request: &Request, sql: &str, reply: &mut Reply) -> Result<(), Failure> {
    let format = output_format(sql).unwrap_or(&request.default_format);
    let can_stream = !request.waits_for_end && is_select(sql) && !mentions(sql, &WHOLE_RESULT_CLAUSES);
    match chunks_of(format).filter(|_| can_stream) {
        Some(chunks) => stream_result(connection, request, sql, (format, chunks), reply),
        None => whole_result(connection, request, sql, format, reply),
    }
}

fn whole_result(
    connection: &mut Connection,
    request: &Request,
    sql: &str,
    format: &str,
    reply: &mut Reply,
) -> Result<(), Failure> {
    let started_at = Instant::now();
    let result = connection.query(sql, format, &request.parameters)?;
    let summary = Summary {
        read: result.read(),
        written: result.written(),
        result_rows: result.rows(),
        elapsed: started_at.elapsed(),
    };
    reply.begin(Some(format), request.answer_encoding, summary)?;
    for chunk in result.data().chunks(RESULT_BYTES) {
        reply.send(chunk)?;
    }
    Ok(())
}

fn stream_result(
    connection: &mut Connection,
    request: &Request,
    sql: &str,
    (format, chunks): (&str, Chunks),
    reply: &mut Reply,
) -> Result<(), Failure> {
    let started_at = Instant::now();
    let mut stream = connection.stream(sql, format, &request.parameters)?;
    // The first chunk decides the status, so an error before it still gets its own.
    let Some(first) = stream.next_chunk()? else {
        drop(stream);
        // A stream without rows has no header either; a SELECT that returns nothing is asked again for it.
        if chunks.has_header() {
            return whole_result(connection, request, sql, format, reply);
        }
        let summary = Summary { elapsed: started_at.elapsed(), ..Summary::default() };
        return Ok(reply.begin(Some(format), request.answer_encoding, summary)?);
    };
    let summary =
        Summary { read: first.read(), result_rows: first.rows(), elapsed: started_at.elapsed(), ..Summary::default() };
    reply.begin(Some(format), request.answer_encoding, summary)?;
    reply.send(first.data())?;
    drop(first);
    while let Some(chunk) = stream.next_chunk()? {
        let data = chunk.data();
        reply.send(&data[chunks.header_bytes(data)..])?;
    }
    Ok(())
}
