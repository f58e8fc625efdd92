//! A web server by hand, behind TLS: it says exactly what a test wants, and notes who came and what was asked.

use super::certs::Shown;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What it answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// 200 with this body.
    Body(String),
    /// These bytes, and then the end.
    Raw(String),
    /// A head that says so many bytes, or none where it is chunked, and then as many as are taken.
    Endless(Option<u64>),
    /// A head, and then a byte each 100 ms.
    Slow,
    /// Nothing at all.
    Silent,
}

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    /// The heads of the questions.
    heads: Vec<String>,
    /// Bytes of bodies that were sent.
    sent: usize,
}

/// The server.
pub struct Pages {
    pub port: u16,
    answer: Arc<Mutex<Answer>>,
    seen: Arc<Mutex<Seen>>,
}

impl Pages {
    pub async fn start(shown: &Shown, answer: Answer) -> Self {
        let mut tls = (*shown.server()).clone();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let tls = TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (answer, seen) = (Arc::new(Mutex::new(answer)), Arc::<Mutex<Seen>>::default());
        let (answers, noted) = (answer.clone(), seen.clone());
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                noted.lock().unwrap().connections += 1;
                let (tls, answer, noted) = (tls.clone(), answers.lock().unwrap().clone(), noted.clone());
                tokio::spawn(async move {
                    if let Ok(io) = tls.accept(tcp).await {
                        let _gone = serve(io, answer, &noted).await;
                    }
                });
            }
        });
        Self { port, answer, seen }
    }

    pub fn set(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    pub fn heads(&self) -> Vec<String> {
        self.seen.lock().unwrap().heads.clone()
    }

    pub fn sent(&self) -> usize {
        self.seen.lock().unwrap().sent
    }
}

async fn serve(mut io: TlsStream<TcpStream>, answer: Answer, seen: &Mutex<Seen>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(io.read_u8().await?);
    }
    seen.lock().unwrap().heads.push(String::from_utf8(head).unwrap());
    match answer {
        Answer::Body(body) => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            io.write_all((head + &body).as_bytes()).await?;
        }
        Answer::Raw(bytes) => io.write_all(bytes.as_bytes()).await?,
        Answer::Endless(length) => {
            let how = length.map_or("transfer-encoding: chunked".to_owned(), |l| format!("content-length: {l}"));
            io.write_all(format!("HTTP/1.1 200 OK\r\n{how}\r\n\r\n").as_bytes()).await?;
            let chunk = [b' '; 1024];
            loop {
                if length.is_none() {
                    io.write_all(b"400\r\n").await?;
                }
                io.write_all(&chunk).await?;
                if length.is_none() {
                    io.write_all(b"\r\n").await?;
                }
                io.flush().await?;
                seen.lock().unwrap().sent += chunk.len();
            }
        }
        Answer::Slow => {
            io.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n").await?;
            loop {
                io.write_all(b" ").await?;
                io.flush().await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Answer::Silent => std::future::pending().await,
    }
    io.shutdown().await
}
