//! The engine's C interface (`chdb.h` 26.7), opened at run time: the only unsafe code of the crate.
//!
//! Handles own what they point to and free it once. A connection runs one statement at a time, which the types say:
//! streams borrow their connection mutably, and nothing here is `Sync`.
#![expect(unsafe_code, reason = "the engine is a C library")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::path::Path;
use std::ptr;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

/// An opaque handle of the engine.
type Handle = *mut c_void;

/// What the engine answered instead of a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct EngineError(pub(crate) String);

/// A name and a value to bind to `{name:Type}` in a statement.
pub(crate) type Parameter = (String, String);

/// Declares the functions that are looked up in the library, and the lookup.
macro_rules! functions {
    ($($name:ident: fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        /// The entry points of the loaded library.
        pub(crate) struct Api { $($name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)* }

        impl Api {
            /// # Safety
            /// `library` has functions of these names with exactly these types, and stays loaded.
            unsafe fn look_up(library: &Library) -> Result<Self, libloading::Error> {
                Ok(Self { $($name: {
                    // SAFETY: the caller vouches for the type; the symbol is copied out of a library never unloaded.
                    *unsafe { library.get(stringify!($name)) }?
                },)* })
            }
        }
    };
}

functions! {
    chdb_version: fn() -> *const c_char;
    chdb_set_signal_handlers_enabled: fn(c_int);
    chdb_connect: fn(c_int, *const *const c_char) -> *mut Handle;
    chdb_close_conn: fn(*mut Handle);
    chdb_shutdown: fn() -> c_int;
    chdb_query_with_params_n: fn(Handle, *const u8, usize, *const u8, usize, *const *const u8, *const usize, *const *const u8, *const usize, usize) -> Handle;
    chdb_stream_query_with_params_n: fn(Handle, *const u8, usize, *const u8, usize, *const *const u8, *const usize, *const *const u8, *const usize, usize) -> Handle;
    chdb_stream_fetch_result: fn(Handle, Handle) -> Handle;
    chdb_stream_cancel_query: fn(Handle, Handle);
    chdb_destroy_query_result: fn(Handle);
    chdb_result_buffer: fn(Handle) -> *const u8;
    chdb_result_length: fn(Handle) -> usize;
    chdb_result_error: fn(Handle) -> *const c_char;
    chdb_result_rows_read: fn(Handle) -> u64;
    chdb_result_storage_rows_read: fn(Handle) -> u64;
    chdb_result_storage_bytes_read: fn(Handle) -> u64;
    chdb_result_rows_written: fn(Handle) -> u64;
    chdb_result_bytes_written: fn(Handle) -> u64;
    chdb_stream_insert_with_params_n: fn(Handle, *const u8, usize, *const u8, usize, *const *const u8, *const usize, *const *const u8, *const usize, usize) -> Handle;
    chdb_stream_append: fn(Handle, *const u8, usize) -> c_int;
    chdb_stream_done: fn(Handle) -> Handle;
    chdb_stream_insert_error: fn(Handle) -> *const c_char;
    chdb_destroy_insert_stream: fn(Handle);
    chdb_classify_query_n: fn(Handle, *const u8, usize, *const u8, usize, *mut RawAnalysis) -> c_int;
}

impl Api {
    /// Loads the library for the rest of the process: its threads outlive every handle, so it is never unloaded.
    pub(crate) fn load(path: &Path) -> Result<&'static Self, libloading::Error> {
        // SAFETY: loading runs the library's initialisers, which the pinned and checksummed file is trusted with.
        let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }?;
        // SAFETY: the types above are those of the header of the pinned version, and the library is leaked below.
        let api = unsafe { Self::look_up(&library) }?;
        std::mem::forget(library);
        // SAFETY: no arguments to get wrong; signals belong to the process that embeds the engine.
        unsafe { (api.chdb_set_signal_handlers_enabled)(0) };
        Ok(Box::leak(Box::new(api)))
    }

    /// The library's version, such as `26.7.3`.
    pub(crate) fn version(&self) -> String {
        // SAFETY: the function takes nothing and returns a static string.
        unsafe { text((self.chdb_version)()) }.unwrap_or_default()
    }

    /// Stops the engine's threads; every connection must be closed. False when the engine refused.
    pub(crate) fn shutdown(&self) -> bool {
        // SAFETY: no arguments; open connections make it refuse.
        unsafe { (self.chdb_shutdown)() == 0 }
    }
}

/// What kind of statement a text is; mirrors `chdb_query_class`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatementClass {
    /// Leaves no trace.
    ReadOnly,
    /// Everything else that parses.
    Other,
    /// The parser refuses it.
    Unknown,
}

/// What the engine's parser says of a text, without running it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Analysis {
    pub(crate) statement_count: u32,
    pub(crate) class: StatementClass,
}

#[repr(C)]
#[derive(Default)]
struct RawAnalysis {
    struct_size: u32,
    statement_count: u32,
    flags: u32,
    query_class: u32,
}

/// The bytes of parameters as four parallel arrays, which is how the engine takes them.
struct RawParameters<'p> {
    names: Vec<*const u8>,
    name_lengths: Vec<usize>,
    values: Vec<*const u8>,
    value_lengths: Vec<usize>,
    borrowed: PhantomData<&'p [Parameter]>,
}

impl<'p> RawParameters<'p> {
    fn new(parameters: &'p [Parameter]) -> Self {
        Self {
            names: parameters.iter().map(|(name, _)| name.as_ptr()).collect(),
            name_lengths: parameters.iter().map(|(name, _)| name.len()).collect(),
            values: parameters.iter().map(|(_, value)| value.as_ptr()).collect(),
            value_lengths: parameters.iter().map(|(_, value)| value.len()).collect(),
            borrowed: PhantomData,
        }
    }
}

/// One connection: its settings, current database and temporary tables.
pub(crate) struct Connection {
    api: &'static Api,
    connection: *mut Handle,
}

// SAFETY: the engine ties no connection to a thread; `&mut self` keeps two threads from using it at once.
unsafe impl Send for Connection {}

impl Connection {
    /// Opens a connection with the engine's command-line arguments (`--path=…`).
    pub(crate) fn open(api: &'static Api, arguments: &[String]) -> Result<Self, EngineError> {
        let arguments: Vec<CString> = arguments
            .iter()
            .map(|argument| CString::new(argument.as_str()))
            .collect::<Result<_, _>>()
            .map_err(|_| EngineError("an engine option holds a zero byte".to_owned()))?;
        let pointers: Vec<*const c_char> = arguments.iter().map(|argument| argument.as_ptr()).collect();
        let count = c_int::try_from(pointers.len()).map_err(|_| EngineError("too many engine options".to_owned()))?;
        // SAFETY: `count` valid C strings that outlive the call.
        let connection = unsafe { (api.chdb_connect)(count, pointers.as_ptr()) };
        // SAFETY: not null, so it points to the connection's handle.
        if connection.is_null() || unsafe { (*connection).is_null() } {
            return Err(EngineError(
                "the engine did not open: the data directory is in use by another process, not writable, or an \
                 option is wrong"
                    .to_owned(),
            ));
        }
        Ok(Self { api, connection })
    }

    fn handle(&self) -> Handle {
        // SAFETY: checked at opening, and only dropping frees it.
        unsafe { *self.connection }
    }

    /// Runs one statement and keeps its whole result.
    pub(crate) fn query(
        &mut self,
        sql: &str,
        format: &str,
        parameters: &[Parameter],
    ) -> Result<QueryResult, EngineError> {
        let raw = RawParameters::new(parameters);
        // SAFETY: every pointer comes with its length and outlives the call.
        let result = unsafe {
            (self.api.chdb_query_with_params_n)(
                self.handle(),
                sql.as_ptr(),
                sql.len(),
                format.as_ptr(),
                format.len(),
                raw.names.as_ptr(),
                raw.name_lengths.as_ptr(),
                raw.values.as_ptr(),
                raw.value_lengths.as_ptr(),
                parameters.len(),
            )
        };
        QueryResult::new(self.api, result)
    }

    /// Starts a SELECT whose result comes in chunks, each a document of its own.
    pub(crate) fn stream(
        &mut self,
        sql: &str,
        format: &str,
        parameters: &[Parameter],
    ) -> Result<QueryStream<'_>, EngineError> {
        let raw = RawParameters::new(parameters);
        // SAFETY: every pointer comes with its length and outlives the call.
        let result = unsafe {
            (self.api.chdb_stream_query_with_params_n)(
                self.handle(),
                sql.as_ptr(),
                sql.len(),
                format.as_ptr(),
                format.len(),
                raw.names.as_ptr(),
                raw.name_lengths.as_ptr(),
                raw.values.as_ptr(),
                raw.value_lengths.as_ptr(),
                parameters.len(),
            )
        };
        let stream = QueryResult::new(self.api, result)?;
        Ok(QueryStream { connection: self, stream, ended: false })
    }

    /// Starts an INSERT (without FORMAT and without data) whose data follows in `format`.
    pub(crate) fn insert(
        &mut self,
        sql: &str,
        format: &str,
        parameters: &[Parameter],
    ) -> Result<InsertStream<'_>, EngineError> {
        let raw = RawParameters::new(parameters);
        // SAFETY: every pointer comes with its length and outlives the call.
        let stream = unsafe {
            (self.api.chdb_stream_insert_with_params_n)(
                self.handle(),
                sql.as_ptr(),
                sql.len(),
                format.as_ptr(),
                format.len(),
                raw.names.as_ptr(),
                raw.name_lengths.as_ptr(),
                raw.values.as_ptr(),
                raw.value_lengths.as_ptr(),
                parameters.len(),
            )
        };
        if stream.is_null() {
            return Err(EngineError("the engine started no insert".to_owned()));
        }
        let insert = InsertStream { api: self.api, stream, connection: PhantomData };
        match insert.error() {
            Some(message) => Err(EngineError(message)),
            None => Ok(insert),
        }
    }

    /// Parses `sql` without running it.
    pub(crate) fn classify(&mut self, sql: &str) -> Result<Analysis, EngineError> {
        let mut raw = RawAnalysis { struct_size: size_of::<RawAnalysis>() as u32, ..RawAnalysis::default() };
        // SAFETY: the text comes with its length, no target database is named, and `raw` says its own size.
        let state = unsafe {
            (self.api.chdb_classify_query_n)(self.handle(), sql.as_ptr(), sql.len(), ptr::null(), 0, &raw mut raw)
        };
        if state != 0 {
            return Err(EngineError("the engine did not analyse the statement".to_owned()));
        }
        let class = match raw.query_class {
            0 => StatementClass::ReadOnly,
            1..=3 => StatementClass::Other,
            _ => StatementClass::Unknown,
        };
        Ok(Analysis { statement_count: raw.statement_count, class })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: opened once, closed here once; streams borrow the connection, so none is left.
        unsafe { (self.api.chdb_close_conn)(self.connection) }
    }
}

/// What a statement or one chunk of it returned.
pub(crate) struct QueryResult {
    api: &'static Api,
    result: Handle,
}

// SAFETY: a result is a plain buffer that belongs to its handle.
unsafe impl Send for QueryResult {}

impl QueryResult {
    fn new(api: &'static Api, result: Handle) -> Result<Self, EngineError> {
        if result.is_null() {
            return Err(EngineError("the engine returned no result".to_owned()));
        }
        let result = Self { api, result };
        // SAFETY: a live result; the text is copied before the result is freed.
        match unsafe { text((api.chdb_result_error)(result.result)) } {
            Some(message) => Err(EngineError(message)),
            None => Ok(result),
        }
    }

    /// The bytes in the requested format.
    pub(crate) fn data(&self) -> &[u8] {
        // SAFETY: a live result says its own length, and the buffer lives as long as it.
        unsafe {
            let (start, length) =
                ((self.api.chdb_result_buffer)(self.result), (self.api.chdb_result_length)(self.result));
            if start.is_null() || length == 0 { &[] } else { std::slice::from_raw_parts(start, length) }
        }
    }

    /// Rows of the result.
    pub(crate) fn rows(&self) -> u64 {
        // SAFETY: a live result.
        unsafe { (self.api.chdb_result_rows_read)(self.result) }
    }

    /// Rows and bytes read from tables.
    pub(crate) fn read(&self) -> (u64, u64) {
        // SAFETY: a live result.
        unsafe {
            (
                (self.api.chdb_result_storage_rows_read)(self.result),
                (self.api.chdb_result_storage_bytes_read)(self.result),
            )
        }
    }

    /// Rows and bytes written, those of materialized views included.
    pub(crate) fn written(&self) -> (u64, u64) {
        // SAFETY: a live result.
        unsafe { ((self.api.chdb_result_rows_written)(self.result), (self.api.chdb_result_bytes_written)(self.result)) }
    }
}

impl Drop for QueryResult {
    fn drop(&mut self) {
        // SAFETY: created once, freed here once.
        unsafe { (self.api.chdb_destroy_query_result)(self.result) }
    }
}

/// A running SELECT; dropped before its end, it is cancelled.
pub(crate) struct QueryStream<'c> {
    connection: &'c mut Connection,
    stream: QueryResult,
    ended: bool,
}

impl QueryStream<'_> {
    /// The next chunk; none at the end.
    pub(crate) fn next_chunk(&mut self) -> Result<Option<QueryResult>, EngineError> {
        if self.ended {
            return Ok(None);
        }
        let api = self.connection.api;
        // SAFETY: the stream belongs to this connection, which it borrows mutably.
        let chunk = unsafe { (api.chdb_stream_fetch_result)(self.connection.handle(), self.stream.result) };
        let chunk = QueryResult::new(api, chunk);
        self.ended = !chunk.as_ref().is_ok_and(|chunk| !chunk.data().is_empty());
        chunk.map(|chunk| (!self.ended).then_some(chunk))
    }
}

impl Drop for QueryStream<'_> {
    fn drop(&mut self) {
        if !self.ended {
            // SAFETY: a live stream of this connection; its handle is freed after this by its own drop.
            unsafe { (self.connection.api.chdb_stream_cancel_query)(self.connection.handle(), self.stream.result) }
        }
    }
}

/// An INSERT that takes data; dropped before [`InsertStream::finish`], it is cancelled.
pub(crate) struct InsertStream<'c> {
    api: &'static Api,
    stream: Handle,
    connection: PhantomData<&'c mut Connection>,
}

impl InsertStream<'_> {
    /// Hands over bytes, which may end anywhere within a row.
    pub(crate) fn append(&mut self, data: &[u8]) -> Result<(), EngineError> {
        // SAFETY: a live stream; the engine copies the bytes.
        if data.is_empty() || unsafe { (self.api.chdb_stream_append)(self.stream, data.as_ptr(), data.len()) } == 0 {
            return Ok(());
        }
        // A failed append says only that it failed: the reason comes with the end.
        match self.end() {
            Err(error) => Err(error),
            Ok(_) => Err(EngineError(self.error().unwrap_or_else(|| "the insert failed".to_owned()))),
        }
    }

    /// Ends the data and waits until it is stored.
    pub(crate) fn finish(mut self) -> Result<QueryResult, EngineError> {
        self.end()
    }

    fn end(&mut self) -> Result<QueryResult, EngineError> {
        // SAFETY: a live stream; ending it twice returns an error.
        QueryResult::new(self.api, unsafe { (self.api.chdb_stream_done)(self.stream) })
    }

    fn error(&self) -> Option<String> {
        // SAFETY: a live stream; the text is copied.
        unsafe { text((self.api.chdb_stream_insert_error)(self.stream)) }
    }
}

impl Drop for InsertStream<'_> {
    fn drop(&mut self) {
        // SAFETY: created once, destroyed here once; the engine cancels what was not ended.
        unsafe { (self.api.chdb_destroy_insert_stream)(self.stream) }
    }
}

/// Copies a C string; none for a null pointer.
///
/// # Safety
/// `pointer` is null or a valid C string.
unsafe fn text(pointer: *const c_char) -> Option<String> {
    // SAFETY: not null, so the caller vouches for it.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}

/// From now on the process ends without running the destructors of static objects, with the status it was given.
///
/// The engine registers some that wait for, or take away data from, threads that still run, so an ordinary exit would
/// hang or crash although everything is stored. Handlers run last in, first out: whatever was registered before this
/// call is skipped. Rust's own output is flushed before any handler runs.
pub(crate) fn skip_destructors_at_exit() {
    unsafe extern "C" {
        fn on_exit(handler: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
        fn _exit(status: c_int) -> !;
    }
    extern "C" fn leave(status: c_int, _: *mut c_void) {
        // SAFETY: the C library's own function, which takes any status and never returns.
        unsafe { _exit(status) }
    }
    // SAFETY: the C library's own function, and a handler of the type it wants that lives as long as the program.
    unsafe { on_exit(leave, ptr::null_mut()) };
}
