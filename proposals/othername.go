package proposals

import (
	"strconv"
	"strings"
	"sync"
)

// otherNames are the names that algorithms have elsewhere, each as [bare] leaves
// it, with the keyword: IANA's names, those of reports, "dh14" and "group14" for a
// key exchange method, and what Windows calls AES-GCM and 3DES.
var otherNames = sync.OnceValue(func() map[string]string {
	out := map[string]string{"des3": "3des", "gcmaes128": "aes128gcm16", "gcmaes192": "aes192gcm16", "gcmaes256": "aes256gcm16",
		"aesgcm128": "aes128gcm16", "aesgcm192": "aes192gcm16", "aesgcm256": "aes256gcm16",
		"aescbc128": "aes128", "aescbc192": "aes192", "aescbc256": "aes256"}
	for _, word := range keywords.words {
		a, ok := keywords.algorithm[word]
		if !ok || keywords.keyword[a] != word {
			continue
		}
		names := []string{a.Name()}
		if a.Axis != PRF { // whose labels integrity algorithms have, too
			names = append(names, a.Label())
		}
		for _, name := range names {
			name = bare(name)
			if digits := strconv.Itoa(int(a.KeyBits)); a.KeyBits != 0 && !strings.HasSuffix(name, digits) {
				name += digits
			}
			if _, taken := out[name]; !taken {
				out[name] = word
			}
		}
		if a.Axis == KE && a.ID != 0 {
			id := strconv.Itoa(int(a.ID))
			out["dh"+id], out["dhgroup"+id], out["group"+id], out["grp"+id] = word, word, word, word
		}
	}
	return out
})

// bare takes from a name what is written in several ways, or left out.
func bare(name string) string {
	name = strings.ToLower(name)
	for _, prefix := range []string{"encr_", "auth_", "hmac_", "ke_"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return strings.NewReplacer("_", "", " ", "").Replace(name)
}

// fromOtherName returns the keyword of an algorithm that word names, as others do;
// nil if it is not known.
func fromOtherName(word string) []string {
	if len(word) > maxNearestLength {
		return nil
	}
	if keyword, ok := otherNames()[bare(word)]; ok {
		return []string{keyword}
	}
	return nil
}
