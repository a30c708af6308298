package match_test

import (
	"slices"
	"testing"

	"github.com/causeway-pay/causeway/compliance/match"
)

// unwritten are the languages that write few vowels. A query without them is read with any;
// what a list has without them costs.
var unwritten = []string{"Arabic", "Persian", "Urdu", "Hebrew"}

// TestLanguages: names as people write them at home, and as their passports do.
func TestLanguages(t *testing.T) {
	x := index("Filler One", "Filler Two")
	for language, names := range map[string][][2]string{
		"Russian": {
			{"Юлия Щербакова", "Yuliya Shcherbakova"}, {"Алексей Жуков", "Aleksey Zhukov"}, {"Фёдор Хрущёв", "Fyodor Khrushchev"},
			{"Цой Вячеслав", "Tsoy Vyacheslav"}, {"Эдуард Ельцин", "Eduard Yeltsin"}, {"Игорь Подъячев", "Igor Podyachev"},
		},
		"Ukrainian": {
			{"Євген Гриценко", "Yevhen Hrytsenko"}, {"Їжакевич Іван", "Yizhakevych Ivan"}, {"Андрій Ґудзь", "Andrii Gudz"},
		},
		"Belarusian": {{"Аляксандр Лукашэнка", "Aliaksandr Lukashenka"}, {"Уладзімір Караткевіч", "Uladzimir Karatkevich"}},
		"Bulgarian":  {{"Красимир Щерев", "Krasimir Shterev"}, {"Цветан Георгиев", "Tsvetan Georgiev"}},
		"Serbian": {
			{"Ђорђе Јовановић", "Djordje Jovanovic"}, {"Душан Његош", "Dušan Njegoš"}, {"Љубица Џакула", "Ljubica Džakula"}, {"Цвијетин Јоцић", "Cvijetin Jocic"},
		},
		"Kazakh": {{"Нұрсұлтан Әбіш", "Nursultan Abish"}, {"Қасым Өтеген", "Kasym Otegen"}},
		"Greek":  {{"Γεώργιος Μπακογιάννης", "Georgios Bakogiannis"}, {"Ευάγγελος Χατζής", "Evangelos Chatzis"}},
		"Arabic": {
			{"محمد عبد الله القحطاني", "Mohammed Abdullah Al-Qahtani"}, {"فاطمة الزهراء", "Fatima Al-Zahra"},
			{"أسامة الشريف", "Osama Al Sharif"}, {"يوسف الخوري", "Youssef El Khoury"}, {"طارق حمدان", "Tareq Hamdan"},
			{"نور الدين صالح", "Nouruddin Saleh"}, {"سحر الزبيدي", "Sahar Al-Zubaidi"}, {"زهير سهيل", "Zuhair Suhail"},
			{"عبد الله صالح", "Abdullah Saleh"},
		},
		"Persian": {{"رضا پهلوان", "Reza Pahlavan"}, {"گلناز چراغی", "Golnaz Cheraghi"}, {"محمود احمدی", "Mahmoud Ahmadi"}},
		"Urdu":    {{"عمران قریشی", "Imran Qureshi"}, {"نواز شریف", "Nawaz Sharif"}},
		"Hebrew":  {{"יצחק רבין", "Yitzhak Rabin"}, {"משה דיין", "Moshe Dayan"}, {"שלמה כהן", "Shlomo Cohen"}},
		"Georgian": {
			{"ნინო ხარაძე", "Nino Kharadze"}, {"ზურაბ ჟვანია", "Zurab Zhvania"},
		},
		"Armenian": {{"Սերժ Սարգսյան", "Serzh Sargsyan"}, {"Արմեն Պետրոսյան", "Armen Petrosyan"}},
		"Hindi":    {{"नरेन्द्र मोदी", "Narendra Modi"}, {"सुनीता शर्मा", "Sunita Sharma"}},
		"Bengali":  {{"শেখ হাসিনা", "Sheikh Hasina"}, {"রহিম উদ্দিন", "Rahim Uddin"}},
		"Thai":     {{"สมศักดิ์", "Somsak"}, {"ธนินท์", "Thanin"}},
		"Chinese": {
			{"张伟", "Zhang Wei"}, {"歐陽修", "Ouyang Xiu"}, {"毛澤東", "Mao Zedong"}, {"李小龍", "Li Xiaolong"},
		},
		"Japanese": {{"鈴木一郎", "Suzuki Ichiro"}, {"さとう けんじ", "Sato Kenji"}, {"わたなべ ごろう", "Watanabe Goro"}, {"トヨタ ジロウ", "Toyota Jiro"}, {"きょうこ しゃくどう", "Kyoko Shakudo"}, {"ほった じゅん", "Hotta Jun"}},
		"Korean":   {{"이명박", "Lee Myung-bak"}, {"최순실", "Choi Soon-sil"}, {"문재인", "Moon Jae-in"}},
		"Vietnamese": {
			{"Nguyễn Văn Đức", "Nguyen Van Duc"}, {"Phạm Thị Hương", "Pham Thi Huong"},
		},
		"Turkish": {{"Şükrü Özgür", "Sukru Ozgur"}, {"İbrahim Çağlar", "Ibrahim Caglar"}, {"Işıl Yıldırım", "Isil Yildirim"}},
		"Polish":  {{"Łukasz Wójcik", "Lukasz Wojcik"}, {"Święcicka Małgorzata", "Swiecicka Malgorzata"}},
		"Czech":   {{"Jiří Dvořák", "Jiri Dvorak"}, {"Zdeňka Nováková", "Zdenka Novakova"}},
		"German":  {{"Jürgen Müller", "Juergen Mueller"}, {"Götz Weiß", "Goetz Weiss"}, {"Jörg Schäfer", "Joerg Schaefer"}},
		"Nordic":  {{"Søren Ågård", "Soeren Aagaard"}, {"Þórður Jónsson", "Thordur Jonsson"}, {"Håkon Bjørn", "Haakon Bjoern"}},
		"Romance": {{"François Lefèvre", "Francois Lefevre"}, {"João Gonçalves", "Joao Goncalves"}, {"Ñuñez, Iñaki", "Nunez Inaki"}},
	} {
		for _, pair := range names {
			if m := x.Compare(pair[0], pair[1]); m.Score < match.DefaultPolicy.Default {
				t.Errorf("%s: %s and %s score %d %v, %q", language, pair[0], pair[1], m.Score, m.Pairs, match.Fold(pair[0]))
			}
			if m := x.Compare(pair[1], pair[0]); !slices.Contains(unwritten, language) && m.Score < match.DefaultPolicy.Default {
				t.Errorf("%s: %s and %s score %d %v", language, pair[1], pair[0], m.Score, m.Pairs)
			}
		}
	}
}
