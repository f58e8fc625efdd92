from . import Adapter, w, stamps
import os, sqlite3, sys
class Parlour(Adapter):
    name = "parlour"; binary = os.environ.get("BENCH_PARLOUR", "parlour")
    clear_input = b"\x01\x1bk"
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
    def online(self, text): return any("aaaend" in l[:27] for l in text.split("\n"))
    def open_chat(self, t, jid): t.write(f"/msg {jid}\r")
    def chat_open(self, text): return "aaaend" in "\n".join(text.split("\n")[:4])
    def join(self, t, room, nick): t.write(f"/join {room} {nick}\r")
    def search(self, t, text): t.write(f"/search {text}\r")
    def db(self, home): return f"{home}/.local/share/parlour/default/history.sqlite"
    def stored(self, home, user, jid):
        try:
            db = sqlite3.connect(f"file:{self.db(home)}?mode=ro", uri=True, timeout=5)
            return db.execute("select count(*) from messages").fetchone()[0]
        except sqlite3.Error: return None
