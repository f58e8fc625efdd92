//! A TCP proxy in front of a server, with faults: what a bad network does, on command and at once.
//!
//! Bytes are never changed, only held, slowed, cut into pieces or lost together with their connection. So whatever a
//! test sees is what a real link could have done.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// How connections end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// With a reset, both ends; what the kernels held is lost.
    Reset,
    /// Politely, both ends.
    Fin,
    /// The server's end is reset, and the client never hears of it.
    Lost,
}

/// What the link does now.
#[derive(Debug, Clone)]
struct Control {
    target: SocketAddr,
    /// The newest order to end all connections, and how.
    ends: (u64, End),
    is_up: bool,
    is_refusing: bool,
    hole: [bool; 2],
    delay: Duration,
    /// Bytes a second, each way; 0 is no bound.
    rate: u32,
    /// Bytes in one write; 0 is no bound.
    chop: usize,
}

/// What went through.
#[derive(Debug)]
struct Counts {
    /// How many bytes may still go each way until everything is cut; far below zero where nothing is to be cut.
    left: [AtomicI64; 2],
    connections: AtomicU64,
    bytes: [AtomicU64; 2],
}

/// A TCP proxy in front of a server. Dropping it closes it.
pub struct Proxy {
    pub port: u16,
    control: watch::Sender<Control>,
    counts: Arc<Counts>,
    task: tokio::task::JoinHandle<()>,
}

const NEVER: i64 = i64::MIN / 2;

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    pub async fn start(to: u16) -> Self {
        let target = SocketAddr::from(([127, 0, 0, 1], to));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let control = Control {
            target,
            ends: (0, End::Reset),
            is_up: true,
            is_refusing: false,
            hole: [false; 2],
            delay: Duration::ZERO,
            rate: 0,
            chop: 0,
        };
        let (control, watched) = watch::channel(control);
        let counts = Arc::new(Counts {
            left: [AtomicI64::new(NEVER), AtomicI64::new(NEVER)],
            connections: AtomicU64::new(0),
            bytes: [AtomicU64::new(0), AtomicU64::new(0)],
        });
        let task = tokio::spawn(listen(listener, port, watched, control.clone(), counts.clone()));
        Self { port, control, counts, task }
    }

    fn end(&self, how: End) {
        self.control.send_modify(|c| c.ends = (c.ends.0 + 1, how));
    }

    /// Cuts all connections that there are with a reset.
    pub fn cut(&self) {
        self.end(End::Reset);
    }

    /// Ends all connections with a FIN.
    pub fn fin(&self) {
        self.end(End::Fin);
    }

    /// The server loses all connections, the clients hear nothing: what a router that forgot them does.
    pub fn lose(&self) {
        self.end(End::Lost);
    }

    /// Cuts everything after so many more bytes this way, in the middle of whatever is under way.
    pub fn cut_after(&self, way: Way, bytes: u32) {
        self.counts.left[way as usize].store(i64::from(bytes), Ordering::SeqCst);
    }

    /// Takes connections and resets them at once.
    pub fn refuse(&self, is_on: bool) {
        self.control.send_modify(|c| c.is_refusing = is_on);
    }

    /// Nothing goes through and nobody hears of it; new connections are taken by the kernel and hang. What was sent
    /// meanwhile goes on when the hole ends.
    pub fn hole(&self, is_on: bool) {
        self.control.send_modify(|c| c.hole = [is_on; 2]);
    }

    /// A hole in one direction alone.
    pub fn half(&self, way: Way, is_on: bool) {
        self.control.send_modify(|c| c.hole[way as usize] = is_on);
    }

    /// Bytes come so much later.
    pub fn delay(&self, by: Duration) {
        self.control.send_modify(|c| c.delay = by);
    }

    /// At most so many bytes a second, each way; 0 lifts it.
    pub fn throttle(&self, rate: u32) {
        self.control.send_modify(|c| c.rate = rate);
    }

    /// At most so many bytes in one piece; 0 lifts it.
    pub fn chop(&self, bytes: usize) {
        self.control.send_modify(|c| c.chop = bytes);
    }

    /// Cuts everything and stops to listen: connections are refused by the kernel.
    pub fn down(&self) {
        self.control.send_modify(|c| {
            c.is_up = false;
            c.ends = (c.ends.0 + 1, End::Reset);
        });
    }

    /// Listens again, on the same port.
    pub fn up(&self) {
        self.control.send_modify(|c| c.is_up = true);
    }

    /// New connections go to another port of this machine.
    pub fn target(&self, port: u16) {
        self.control.send_modify(|c| c.target.set_port(port));
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// How many bytes went this way so far.
    pub fn bytes(&self, way: Way) -> u64 {
        self.counts.bytes[way as usize].load(Ordering::SeqCst)
    }
}

async fn listen(
    listener: TcpListener,
    port: u16,
    mut watched: watch::Receiver<Control>,
    control: watch::Sender<Control>,
    counts: Arc<Counts>,
) {
    let mut listener = Some(listener);
    loop {
        let is_up = watched.borrow_and_update().is_up;
        match (is_up, &listener) {
            (false, Some(_)) => listener = None,
            (true, None) => listener = rebind(port).await,
            (false, None) | (true, Some(_)) => {}
        }
        let accepted = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = watched.changed() => if changed.is_err() { return },
            near = accepted => if let Ok((near, _)) = near {
                counts.connections.fetch_add(1, Ordering::SeqCst);
                let born = watched.borrow().ends.0;
                tokio::spawn(serve(near, born, control.clone(), counts.clone()));
            },
        }
    }
}

/// The same port again; another socket of this machine may hold it for a moment.
async fn rebind(port: u16) -> Option<TcpListener> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    for _ in 0..200 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        if socket.bind(address).is_ok()
            && let Ok(listener) = socket.listen(64)
        {
            return Some(listener);
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("the proxy's port {port} is taken")
}

/// One connection, until its end.
async fn serve(mut near: TcpStream, born: u64, control: watch::Sender<Control>, counts: Arc<Counts>) {
    let mut watched = control.subscribe();
    if watched.borrow().is_refusing {
        return reset(near);
    }
    // Taken by the kernel, and silent.
    tokio::select! {
        _ = ended(control.subscribe(), born) => return reset(near),
        () = holds(&mut watched, |c| c.hole != [true; 2]) => {}
    }
    let target = watched.borrow().target;
    let Ok(mut far) = TcpStream::connect(target).await else { return reset(near) };
    for socket in [&near, &far] {
        let _late = socket.set_nodelay(true);
    }
    let how = {
        let ((near_in, near_out), (far_in, far_out)) = (near.split(), far.split());
        let up = pump(near_in, far_out, Way::Up, &control, &counts);
        let down = pump(far_in, near_out, Way::Down, &control, &counts);
        tokio::select! {
            how = ended(control.subscribe(), born) => how,
            // One end hung up or was cut off; the other hears of it.
            () = async { tokio::join!(up, down); } => End::Fin,
        }
    };
    match how {
        End::Reset => {
            reset(near);
            reset(far);
        }
        End::Fin => {
            let _gone = (near.shutdown().await, far.shutdown().await);
        }
        End::Lost => {
            reset(far);
            let mut bytes = [0; 4096];
            while near.read(&mut bytes).await.is_ok_and(|n| n > 0) {}
        }
    }
}

/// Until all connections are to end; how.
async fn ended(mut watched: watch::Receiver<Control>, born: u64) -> End {
    match watched.wait_for(|c| c.ends.0 != born).await {
        Ok(control) => control.ends.1,
        Err(_) => End::Reset,
    }
}

/// Until the link is so.
async fn holds(watched: &mut watch::Receiver<Control>, is_so: impl Fn(&Control) -> bool) {
    if watched.wait_for(|c| is_so(c)).await.is_err() {
        // The proxy is gone; `ended` tells.
        std::future::pending::<()>().await;
    }
}

fn reset(socket: TcpStream) {
    let _gone = socket.set_zero_linger();
}

/// Carries one direction until it ends, which is passed on.
async fn pump(from: ReadHalf<'_>, mut to: WriteHalf<'_>, way: Way, control: &watch::Sender<Control>, counts: &Counts) {
    let (queue, pieces) = mpsc::channel(64);
    let read = read(from, queue, control.subscribe());
    let write = write(&mut to, pieces, way, control, counts);
    tokio::join!(read, write);
    let _gone = to.shutdown().await;
}

async fn read(mut from: ReadHalf<'_>, queue: mpsc::Sender<(Instant, Vec<u8>)>, control: watch::Receiver<Control>) {
    let mut bytes = vec![0; 65_536];
    while let Ok(n @ 1..) = from.read(&mut bytes).await {
        let due = Instant::now() + control.borrow().delay;
        if queue.send((due, bytes[..n].to_vec())).await.is_err() {
            return;
        }
    }
}

async fn write(
    to: &mut WriteHalf<'_>,
    mut pieces: mpsc::Receiver<(Instant, Vec<u8>)>,
    way: Way,
    control: &watch::Sender<Control>,
    counts: &Counts,
) {
    let mut watched = control.subscribe();
    while let Some((due, bytes)) = pieces.recv().await {
        sleep_until(due).await;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            holds(&mut watched, |c| !c.hole[way as usize]).await;
            let (rate, chop) = {
                let c = watched.borrow();
                (c.rate as usize, c.chop)
            };
            let mut step = rest.len();
            for bound in [chop, rate / 20].into_iter().filter(|b| *b > 0) {
                step = step.min(bound);
            }
            let left = counts.left[way as usize].load(Ordering::SeqCst);
            if left >= 0 {
                step = step.min(usize::try_from(left).unwrap());
            }
            if to.write_all(&rest[..step]).await.is_err() {
                return;
            }
            counts.bytes[way as usize].fetch_add(step as u64, Ordering::SeqCst);
            rest = &rest[step..];
            let went = i64::try_from(step).unwrap();
            if left >= 0 && counts.left[way as usize].fetch_sub(went, Ordering::SeqCst) <= went {
                counts.left[way as usize].store(NEVER, Ordering::SeqCst);
                control.send_modify(|c| c.ends = (c.ends.0 + 1, End::Reset));
                std::future::pending::<()>().await;
            }
            if rate > 0 {
                sleep(Duration::from_secs_f64(step as f64 / rate as f64)).await;
            } else if chop > 0 {
                tokio::task::yield_now().await;
            }
        }
    }
}
