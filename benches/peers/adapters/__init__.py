"""One small class per client.  To add a client: subclass Adapter, put it into CLIENTS."""
import os, sqlite3, datetime
class Adapter:
    name = "?"; binary = "?"
    na = {}                        # case -> reason
    host, port, pw = "127.0.0.1", 16222, "benchpw"
    mam_goes_on = False            # it catches up from where it was, and takes but a page where it never was
    clear_input = b"\x15"          # empties the input line
    page_up = b"\x1b[5~"
    def setup(self, home, user, **opt): raise NotImplementedError
    def argv(self, user): raise NotImplementedError
    def env(self, home):
        e = {k: os.environ[k] for k in ("PATH","LANG") if k in os.environ}
        e.update(HOME=home, TERM="screen-256color", LANG="C.UTF-8", LC_ALL="C.UTF-8", TZ="UTC",
                 XDG_CONFIG_HOME=home+"/.config", XDG_DATA_HOME=home+"/.local/share", XDG_CACHE_HOME=home+"/.cache",
                 XDG_RUNTIME_DIR=home, PATH="/usr/local/bin:/usr/bin:/bin", DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent", NO_AT_BRIDGE="1")
        return e
    def after_first(self, t, user): pass                 # e.g. type /connect
    def online(self, text): return "aaaend" in text      # last online contact is on the screen
    def open_chat(self, t, jid): raise NotImplementedError
    def chat_open(self, text): return True
    def join(self, t, room, nick): raise NotImplementedError
    def is_hit(self, line, needle): return needle in line and "search" not in line
    def search(self, t, text): raise NotImplementedError
    def seed_history(self, home, user, jid, n, body): raise NotImplementedError
    def quit(self, t): t.write("/quit\r")
    def stored(self, home, user, jid): return None       # messages of that chat in the local store
def w(path, s, mode=0o600):
    os.makedirs(os.path.dirname(path), exist_ok=True); open(path,"w").write(s); os.chmod(path, mode)
def stamps(n):
    t = datetime.datetime.now(datetime.timezone.utc)-datetime.timedelta(seconds=20*n+86400)
    d = datetime.timedelta(seconds=20)
    for _ in range(n): yield t; t += d
from .profanity import Profanity
from .poezio import Poezio
from .mcabber import Mcabber
from .parlour import Before, Parlour
CLIENTS = {c.name: c for c in (Parlour, Before, Profanity, Poezio, Mcabber)}
