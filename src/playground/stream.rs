//! The server's end of a stream: SCRAM-SHA-256, resource binding, then whatever the client sends.
//!
//! It stands on tokio-xmpp's `xmlstream`, which shares no code with parlour's own wire: the two ends cannot make the same
//! mistake. Stanzas stay untyped elements, since an occupant such as `🦊` has no address that the typed ones could hold.

use super::xml::answer;
use base64::{Engine as _, engine::general_purpose::STANDARD as B64};
use futures_util::{SinkExt as _, StreamExt as _};
use minidom::Element;
use sasl::common::{
    Password,
    scram::{ScramProvider, Sha256},
};
use std::{borrow::Cow, collections::BTreeMap, io, time::Duration};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt as _, AsyncWrite, BufReader, join, sink};
use tokio_xmpp::xmlstream::{AcceptedStream, ReadError, StreamHeader, Timeouts, XmlStream, accept_stream};
use xmpp_parsers::bind::{BindFeature, BindQuery, BindResponse};
use xmpp_parsers::jid::FullJid;
use xmpp_parsers::sasl::{DefinedCondition, Failure, Nonza, Success};
use xmpp_parsers::{ns, sasl::Challenge, sm, stream_features::StreamFeatures};
use xso::{AsXml, FromXml};

const ITERATIONS: u32 = 4096;
/// Fixed: this server guards nothing, it shows what a login looks like.
const SALT: &[u8] = b"parlour playground";
/// A quiet client is no fault here: the pipe inside the program does not break unseen.
const TIMEOUTS: Timeouts =
    Timeouts { read_timeout: Duration::from_hours(24), response_timeout: Duration::from_hours(24) };

/// What a client sends below the stream header.
#[derive(FromXml, AsXml, Debug)]
#[xml()]
pub enum Top {
    /// A word of the login.
    #[xml(transparent)]
    Sasl(Nonza),
    /// A word of XEP-0198.
    #[xml(transparent)]
    Sm(sm::Nonza),
    /// A stanza, or anything else.
    #[xml(transparent)]
    Any(Element),
}

/// The server's end of one connection.
pub type Stream<Io> = XmlStream<Io, Top>;

/// Who may log in.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    /// The server's domain.
    pub domain: &'a str,
    /// The localpart of the only user.
    pub user: &'a str,
    /// That user's password.
    pub password: &'a str,
}

fn bad(what: impl ToString) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_string())
}

/// The next element that the client sends; `None` at its end. Cancel safe: what was read stays in the stream.
pub async fn next<Io: AsyncBufRead + AsyncWrite + Unpin>(stream: &mut Stream<Io>) -> io::Result<Option<Top>> {
    loop {
        match stream.next().await {
            Some(Ok(top)) => return Ok(Some(top)),
            None | Some(Err(ReadError::StreamFooterReceived)) => return Ok(None),
            Some(Err(ReadError::HardError(error))) => return Err(error),
            Some(Err(ReadError::SoftTimeout | ReadError::ParseError(_))) => {}
        }
    }
}

/// Answers a stream header and says what the server can do.
async fn open<Io: AsyncBufRead + AsyncWrite + Unpin>(
    stream: AcceptedStream<Io>,
    domain: &str,
    features: &StreamFeatures,
) -> io::Result<Stream<Io>> {
    let header = StreamHeader { from: Some(Cow::Borrowed(domain)), to: None, id: Some(Cow::Borrowed("playground")) };
    stream.send_header(header).await?.send_features(features).await
}

/// A whole login: the stream behind it, and the full JID that the client was given.
pub async fn login<Io: AsyncRead + AsyncWrite + Unpin>(
    io: Io,
    login: Login<'_>,
    features: StreamFeatures,
) -> io::Result<(Stream<BufReader<Io>>, String)> {
    let mechanisms =
        StreamFeatures { sasl_mechanisms: ["SCRAM-SHA-256".to_owned()].into(), ..StreamFeatures::default() };
    let accepted = accept_stream(BufReader::new(io), ns::JABBER_CLIENT, TIMEOUTS).await?;
    let mut stream = open(accepted, login.domain, &mechanisms).await?;
    let success = loop {
        match authenticate(&mut stream, login).await? {
            Some(success) => break success,
            None => {
                let defined_condition = DefinedCondition::NotAuthorized;
                stream.send(&Failure { defined_condition, texts: BTreeMap::new() }).await?;
            }
        }
    };
    let features = StreamFeatures { bind: Some(BindFeature { required: false }), ..features };
    let mut stream = open(stream.accept_reset(&success).await?, login.domain, &features).await?;
    let me = bind(&mut stream, login).await?;
    Ok((stream, me))
}

/// Reads on behind a login whose stream was taken apart: for the parser it is a new one, whose header is made up here.
pub async fn reading<Io: AsyncRead + Unpin>(io: Io) -> io::Result<Stream<impl AsyncBufRead + AsyncWrite + Unpin>> {
    const HEADER: &[u8] =
        b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
    let io = join(HEADER.chain(BufReader::new(io)), sink());
    open(accept_stream(io, ns::JABBER_CLIENT, TIMEOUTS).await?, "", &StreamFeatures::default()).await
}

/// Waits for the client to ask for a resource, and gives it.
async fn bind<Io: AsyncBufRead + AsyncWrite + Unpin>(stream: &mut Stream<Io>, login: Login<'_>) -> io::Result<String> {
    loop {
        let Some(top) = next(stream).await? else { return Err(bad("the stream ended")) };
        let Top::Any(iq) = top else { continue };
        let Some(asked) = iq.get_child("bind", ns::BIND) else { continue };
        let asked = BindQuery::try_from(asked.clone()).map_err(bad)?;
        let resource = asked.resource.unwrap_or_else(|| "parlour".to_owned());
        let me = format!("{}@{}/{resource}", login.user, login.domain);
        let bound = BindResponse { jid: FullJid::new(&me).map_err(bad)? };
        let answer = answer(iq.attr("id").unwrap_or_default(), Ok(Some(bound.into())));
        stream.send(&answer).await?;
        return Ok(me);
    }
}

/// The text of the next word of the login.
async fn said<Io: AsyncBufRead + AsyncWrite + Unpin>(stream: &mut Stream<Io>) -> io::Result<String> {
    match next(stream).await? {
        Some(Top::Sasl(Nonza::Auth(auth))) => String::from_utf8(auth.data).map_err(bad),
        Some(Top::Sasl(Nonza::Response(response))) => String::from_utf8(response.data).map_err(bad),
        Some(other) => Err(bad(format!("not a word of a login: {other:?}"))),
        None => Err(bad("the stream ended")),
    }
}

/// One SCRAM exchange (RFC 5802). `None` when the proof was wrong.
async fn authenticate<Io: AsyncBufRead + AsyncWrite + Unpin>(
    stream: &mut Stream<Io>,
    login: Login<'_>,
) -> io::Result<Option<Success>> {
    let first = said(stream).await?;
    let bare = first.splitn(3, ',').nth(2).unwrap_or_default();
    let client_nonce = bare.split(',').find_map(|p| p.strip_prefix("r=")).unwrap_or_default();
    let named = bare.split(',').find_map(|p| p.strip_prefix("n=")).unwrap_or_default();
    let server_first = format!("r={client_nonce}playground,s={},i={ITERATIONS}", B64.encode(SALT));
    stream.send(&Challenge { data: server_first.clone().into_bytes() }).await?;
    let last = said(stream).await?;
    let (without_proof, proof) = last.rsplit_once(",p=").ok_or_else(|| bad("no proof"))?;
    let salted =
        Sha256::derive(&Password::Plain(login.password.to_owned()), SALT, ITERATIONS).map_err(|_| bad("derive"))?;
    let hmac = |data: &[u8], key: &[u8]| Sha256::hmac(data, key).map_err(|_| bad("hmac"));
    let client_key = hmac(b"Client Key", &salted)?;
    let message = format!("{bare},{server_first},{without_proof}");
    let signature = hmac(message.as_bytes(), &Sha256::hash(&client_key))?;
    let wanted: Vec<u8> = client_key.iter().zip(signature).map(|(a, b)| a ^ b).collect();
    if named != login.user || B64.decode(proof).map_err(bad)? != wanted {
        return Ok(None);
    }
    let server_key = hmac(b"Server Key", &salted)?;
    let verifier = format!("v={}", B64.encode(hmac(message.as_bytes(), &server_key)?));
    Ok(Some(Success { data: verifier.into_bytes() }))
}
