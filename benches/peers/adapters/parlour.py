from . import Adapter, w
import glob, os, shutil, sqlite3, subprocess
class Parlour(Adapter):
    name = "parlour"; binary = os.environ.get("BENCH_PARLOUR", "parlour")
    mam_goes_on = True
    clear_input = b"\x05\x15"                       # to the end of the line, cut to its start
    def setup(self, home, user, **o):
        import server
        ca = f"{home}/ca.pem"
        w(ca, open(f"{server.BASE}/certs/ca.pem").read())
        w(f"{home}/.config/parlour/config.toml", f"""[accounts."{user}@localhost"]
host = "{self.host}"
port = {self.port}
ca_file = "{ca}"
password = "{self.pw}"
allow_plaintext_password = true
""")
    def argv(self, user): return [self.binary]
    def online(self, text): return any("\u25cf aaaend" in l[:27] for l in text.split("\n"))
    def open_chat(self, t, jid): t.write(f"/msg {jid}\r")
    def chat_open(self, text): return "aaaend" in "\n".join(l[27:] for l in text.split("\n")[:3])
    def join(self, t, room, nick): t.write(f"/join {room} {nick}\r")
    def is_hit(self, line, needle): return f"{needle} the" in line
    def search(self, t, text): t.write(f"/search {text}\r")
    def db(self, home): return f"{home}/.local/share/parlour/history.db"
    def seed_history(self, home, user, jid, n, body):
        """One history per length is kept and copied: making a million takes a minute."""
        out = os.environ.get("BENCH_OUT", "."); kept = f"{out}/seed-{n}"
        if not os.path.exists(f"{kept}/history.db"):
            root = os.path.dirname(os.path.abspath(__file__)) + "/../../.."
            subprocess.run(["cargo", "bench", "-q", "--bench", "store", "--", "seed", kept + ".part", f"{user}@localhost", str(n), jid],
                           cwd=root, check=True)
            os.rename(kept + ".part", kept)
        os.makedirs(os.path.dirname(self.db(home)), exist_ok=True)
        for f in glob.glob(f"{kept}/history.db*"): shutil.copy(f, os.path.dirname(self.db(home)))
    def stored(self, home, user, jid):
        try:
            db = sqlite3.connect(f"file:{self.db(home)}?mode=ro", uri=True, timeout=5)
            return db.execute("select count(*) from messages").fetchone()[0]
        except sqlite3.Error: return None
class Before(Parlour):
    """An older build, to see what a change brought."""
    name = "before"; binary = os.environ.get("BENCH_BEFORE", "parlour")
