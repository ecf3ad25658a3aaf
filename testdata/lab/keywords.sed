# Turns the daemons' names of algorithms, one a line, into strongSwan keywords.
# A name that no rule knows keeps its capitals and underscores.

# strongSwan and libreswan
s/^(KE[1-7])_(.*)$/\2 \1/
s/^(AES|CAMELLIA)_CBC_([0-9]+)$/\1\2/
s/^(AES|CAMELLIA)_CTR_([0-9]+)$/\1\2CTR/
s/^(AES|CAMELLIA)_(CCM|GCM)_([0-9]+)_([0-9]+)$/\1\4\2\3/
s/^(3?DES)_CBC$/\1/
s/^CAST_CBC_([0-9]+)$/CAST\1/
s/^BLOWFISH_CBC_([0-9]+)$/BLOWFISH\1/
s/^CHACHA20_POLY1305(_256)?$/CHACHA20POLY1305/
s/^HMAC_(MD5|SHA1)_96$/\1/
s/^HMAC_(MD5_128|SHA1_160)$/\L\1/
s/^HMAC_SHA2_(256)_128$/SHA\1/
s/^HMAC_SHA2_(384)_192$/SHA\1/
s/^HMAC_SHA2_(512)_256$/SHA\1/
s/^AES_(XCBC|CMAC)_96$/AES\1/
s/^PRF_HMAC_(MD5|SHA1)$/PRF\1/
s/^PRF_HMAC_SHA2_(256|384|512)$/PRFSHA\1/
s/^PRF_AES(128)?_(XCBC|CMAC)$/PRFAES\2/
s/^ECP_([0-9]+)_BP/ECP\1BP/
s/^MODP_([0-9]+)_([0-9]+)/MODP\1S\2/
s/^(MODP|ECP|CURVE)_([0-9]+)/\1\2/
s/^ML_KEM_([0-9]+)/MLKEM\1/
s/^GOST3410_([0-9]+)/GOST\1/
s/^KE_NONE/NONE/

# OpenIKED, whose names carry the word before them
s/^enc aes-([0-9]+)-gcm-12$/AES\1GCM12/
s/^enc aes-([0-9]+)-gcm$/AES\1GCM16/
s/^enc aes-([0-9]+)$/AES\1/
s/^enc 3des$/3DES/
s/^auth hmac-(md5|sha1)$/\U\1/
s/^auth hmac-sha2-([0-9]+)$/SHA\1/
s/^prf hmac-(md5|sha1)$/PRF\U\1/
s/^prf hmac-sha2-([0-9]+)$/PRFSHA\1/
s/^group brainpool([0-9]+)$/ECP\1BP/
s/^group (.*)$/\U\1/

s/^(.*) (KE[1-7])$/\2_\1/
/^(KE[1-7]_)?[A-Z0-9]+$/s/.*/\L&/
