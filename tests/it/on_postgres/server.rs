//! The server of the tests: the one that `TEST_POSTGRES_URL` names, else one of this process, started on first use.

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use samverkan::db::DatabaseUrl;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend, Statement};

/// A server, and the connection that makes and removes databases, in a thread of its own: the runtimes of tests come and go.
pub(super) struct Server {
    url: url::Url,
    statements: Sender<(String, Sender<Option<String>>)>,
    /// Ends, with its folder, when this process does.
    _own: Option<Child>,
}

impl Server {
    pub(super) fn get() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| match std::env::var("TEST_POSTGRES_URL") {
            Ok(address) => Self::at(&address, None),
            Err(_) => Self::start(),
        })
    }

    fn start() -> Self {
        let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // What stops the tests at the keyboard does not stop it before it has removed its folder.
        let mut server = command.process_group(0).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut address).unwrap();
        if address.is_empty() {
            let mut why = String::new();
            server.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            panic!("tests/postgres starts no server: {why}");
        }
        Self::at(address.trim(), Some(server))
    }

    fn at(address: &str, own: Option<Child>) -> Self {
        let (statements, coming) = channel();
        let connect = ConnectOptions::new(address);
        thread::spawn(move || execute(connect, &coming));
        Self { url: address.parse().unwrap(), statements, _own: own }
    }

    /// Executes a statement; gives back the text in its first row.
    pub(super) fn tell(&self, statement: &str) -> Option<String> {
        let (answer, answered) = channel();
        self.statements.send((statement.to_owned(), answer)).unwrap();
        answered.recv().unwrap_or_else(|_| panic!("the server of the tests did not do {statement}"))
    }

    /// The address of one of its databases.
    pub(super) fn url_of(&self, database: &str) -> DatabaseUrl {
        let mut url = self.url.clone();
        url.set_path(database);
        url.to_string().parse().unwrap()
    }
}

/// Executes what comes, one after the other. What fails ends it all: the tests cannot go on.
fn execute(mut connect: ConnectOptions, coming: &Receiver<(String, Sender<Option<String>>)>) {
    connect.max_connections(1).sqlx_logging(false);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let connection = runtime.block_on(Database::connect(connect)).unwrap();
    for (statement, answer) in coming {
        let row = runtime.block_on(connection.query_one_raw(Statement::from_string(DbBackend::Postgres, statement))).unwrap();
        let text = row.and_then(|row| row.try_get_by_index::<Option<String>>(0).unwrap());
        // Who asked may have panicked.
        let _ = answer.send(text);
    }
}
