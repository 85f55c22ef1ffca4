// What past attacks on software releases looked like. Only rules that match now and did not match the
// counterpart of before are reported. `rank` is the rank of the finding, `says` its sentence.

rule Pipe_To_Shell : script
{
    meta:
        rank = 72
        says = "it fetches something and runs it in a shell"
    strings:
        $a = /\b(curl|wget)\b[^\n|;]+\|\s*(sudo\s+)?(ba|z|da)?sh\b/
        $b = /\b(ba|z|da)?sh\s+-c\s+["']\$\((curl|wget)\b/
        $c = /\biex\s*\(\s*(iwr|\(?New-Object\s+Net\.WebClient)/ nocase
    condition:
        any of them
}

rule Decoded_And_Run : script
{
    meta:
        rank = 76
        says = "it decodes hidden text and runs it as code"
    strings:
        $a = /\b(exec|eval)\s*\(\s*(compile\s*\(\s*)?(zlib\.decompress\s*\(\s*|marshal\.loads\s*\(\s*){0,2}(base64\.)?(b64decode|b85decode|unhexlify|fromhex)\s*\(/
        $b = /\beval\s*\(\s*(atob|Buffer\.from)\s*\(/
        $c = /\bbase64\s+(-d|--decode|-D)\b[^\n|]*\|\s*(ba|z|da)?sh\b/
    condition:
        any of them
}

rule Payload_In_Test_Data : build
{
    meta:
        rank = 78
        says = "it unpacks a file with text commands and runs what comes out, as the xz backdoor did"
    strings:
        $a = /\btr\s+["'][^"'\n]+["']\s+["'][^"'\n]+["'][^\n]*\|\s*xz\s+-d/
        $b = /\bxz\s+-dc?[^\n|]*\|\s*(\/bin\/)?(ba|da)?sh\b/
        $c = /\bhead\s+-c\s*\+[0-9]{2,7}\s*>\s*\/dev\/null\s*\)?\s*&&/
    condition:
        any of them
}

rule Reverse_Shell : backdoor
{
    meta:
        rank = 80
        says = "it hands a shell to somebody on the network"
    strings:
        $a = "/dev/tcp/"
        $b = /\b(nc|ncat|netcat)\b[^\n]*\s-e\s*\/bin\/(ba|da)?sh/
        $c = /os\.dup2\s*\(\s*\w+\.fileno\(\)\s*,\s*[012]\s*\)/
        $d = "pty.spawn(\"/bin/"
    condition:
        ($a and filesize < 4MB) or any of ($b, $c, $d)
}

rule Secrets_Collected : theft
{
    meta:
        rank = 78
        says = "it gathers credentials kept in files and sends things over the network"
    strings:
        $f1 = ".npmrc"
        $f2 = ".aws/credentials"
        $f3 = ".ssh/id_"
        $f4 = ".docker/config.json"
        $f5 = ".kube/config"
        $f6 = ".git-credentials"
        $f7 = "wallet.dat"
        $n1 = /\b(requests\.post|urlopen|https?\.request|fetch|axios\.post|XMLHttpRequest)\s*\(/
        $n2 = /\bcurl\b[^\n]*\s(-d|--data|-F|-T)\b/
    condition:
        filesize < 16MB and 3 of ($f*) and any of ($n*)
}

rule Workflow_Secrets_Sent : theft
{
    meta:
        rank = 82
        says = "it sends the secrets of a build service away, as the 2025 npm worm did"
    strings:
        $a = /toJSON\s*\(\s*secrets\s*\)/ nocase
        $b = "webhook.site"
        $c = /trufflehog/ nocase
        $d = "169.254.169.254"
    condition:
        filesize < 16MB and ($a or ($b and any of ($c, $d)) or ($c and $d))
}

rule Dead_Drop : theft
{
    meta:
        rank = 66
        says = "it names an address used to carry stolen data away"
    strings:
        $a = /discord(app)?\.com\/api\/webhooks\/[0-9]{6}/
        $b = /api\.telegram\.org\/bot[0-9]{5}/
        $c = /\bwebhook\.site\/[0-9a-f]{8}-/
        $e = /\bpastebin\.com\/raw\/[A-Za-z0-9]{4}/
        $f = /\.(oast\.(fun|live|site|pro|me|online)|burpcollaborator\.net|interact\.sh)\b/
    condition:
        any of them
}

rule Wallets_Swapped : theft
{
    meta:
        rank = 78
        says = "it intercepts payments between wallets, as the chalk and debug releases did"
    strings:
        $a = "ethereum.request" ascii
        $b = /\b(levenshtein|runmask|checkethereumw)\b/ nocase
        $c = /0x[a-fA-F0-9]{20}/
        $d = /\bbc1q[a-z0-9]{20}/
        $e = "XMLHttpRequest.prototype"
        $f = "window.fetch ="
    condition:
        filesize < 16MB and (#c + #d) >= 10 and ($a or $b) and ($e or $f or $b)
}

rule Miner : theft
{
    meta:
        rank = 76
        says = "it mines coins"
    strings:
        $a = "stratum+tcp://"
        $b = "stratum+ssl://"
        $c = "--donate-level"
    condition:
        any of them
}

rule Preload_Hook : backdoor
{
    meta:
        rank = 74
        says = "it puts itself before every program (ld.so.preload)"
    strings:
        $a = "/etc/ld.so.preload"
    condition:
        $a and filesize < 64MB
}

rule Packed_Program : packer
{
    meta:
        rank = 70
        says = "a program packed with UPX, so that nobody sees what is in it"
    strings:
        $a = "UPX!"
        $b = "$Info: This file is packed with the UPX executable packer"
    condition:
        (uint32(0) == 0x464c457f or uint16(0) == 0x5a4d) and ($b or #a > 1)
}

rule Private_Key : secret
{
    meta:
        rank = 58
        says = "a private key is in it"
    strings:
        $a = /-----BEGIN (RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\r?\n[A-Za-z0-9+\/=\r\n:, -]{40}/
        $b = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"
    condition:
        any of them
}

rule Clock_Or_Place_Bomb : backdoor
{
    meta:
        rank = 70
        says = "it looks where in the world it runs and destroys files"
    strings:
        $a = /(ipgeolocation|ipinfo\.io|ip-api\.com|geoip)/ nocase
        $b = /(rimraf|shutil\.rmtree|rm\s+-rf|fs\.(rm|unlink|writeFile)(Sync)?)\s*[\( "']/
        $c = /(russia|belarus|iran|israel)/ nocase
    condition:
        filesize < 4MB and all of them
}
