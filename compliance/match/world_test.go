package match_test

import (
	"slices"
	"testing"

	"github.com/causeway-pay/causeway/compliance/match"
)

// world is people whose names everybody knows how to write: at home, and abroad. Many write
// them in several ways.
var world = map[string][][]string{
	"Russian": {
		{"Пётр Ильич Чайковский", "Pyotr Ilyich Tchaikovsky", "Petr Il'ich Chaikovskii"}, {"Анна Ахматова", "Anna Akhmatova"},
		{"Дмитрий Шостакович", "Dmitri Shostakovich", "Dmitry Schostakowitsch"}, {"Юрий Гагарин", "Yuri Gagarin", "Jurij Gagarin"},
		{"Валентина Терешкова", "Valentina Tereshkova", "Walentina Tereschkowa"}, {"Сергей Королёв", "Sergei Korolyov", "Sergey Korolev"},
		{"Михаил Булгаков", "Mikhail Bulgakov", "Michail Bulgakow"}, {"Фёдор Достоевский", "Fyodor Dostoyevsky", "Fedor Dostoevskii"},
		{"Антон Чехов", "Anton Chekhov", "Anton Chekhow"}, {"Жорес Алфёров", "Zhores Alferov", "Zhores Alfyorov"},
	},
	"Ukrainian":  {{"Тарас Шевченко", "Taras Shevchenko"}, {"Леся Українка", "Lesya Ukrainka", "Lesia Ukrainka"}},
	"Belarusian": {{"Святлана Алексіевіч", "Sviatlana Alieksijevich", "Svetlana Alexievich"}},
	"Serbian":    {{"Никола Тесла", "Nikola Tesla"}, {"Новак Ђоковић", "Novak Đoković", "Novak Djokovic"}, {"Иво Андрић", "Ivo Andrić"}},
	"Bulgarian":  {{"Христо Стоичков", "Hristo Stoichkov", "Khristo Stoitchkov"}},
	"Macedonian": {{"Блаже Конески", "Blaže Koneski"}},
	"Mongolian":  {{"Цахиагийн Элбэгдорж", "Tsakhiagiin Elbegdorj"}},
	"Kazakh":     {{"Абай Құнанбайұлы", "Abai Qunanbaiuly", "Abay Kunanbayuly"}},
	"Greek": {
		{"Νίκος Καζαντζάκης", "Nikos Kazantzakis"}, {"Μίκης Θεοδωράκης", "Mikis Theodorakis"}, {"Γιώργος Σεφέρης", "Giorgos Seferis"},
		{"Οδυσσέας Ελύτης", "Odysseas Elytis"}, {"Κωνσταντίνος Καβάφης", "Konstantinos Kavafis"}, {"ΜΑΡΙΑ ΚΑΛΛΑΣ", "Maria Callas"},
	},
	"Arabic": {
		{"نجيب محفوظ", "Naguib Mahfouz", "Najib Mahfuz"}, {"أم كلثوم", "Umm Kulthum"}, {"طه حسين", "Taha Hussein", "Taha Husayn"},
		{"محمود درويش", "Mahmoud Darwish", "Mahmud Darwish"}, {"عمر الشريف", "Omar Sharif", "Omar al-Sharif"},
		{"أحمد زويل", "Ahmed Zewail", "Ahmad Zuwail"}, {"محمد صلاح", "Mohamed Salah", "Muhammad Salah"},
	},
	"Persian": {
		{"عباس کیارستمی", "Abbas Kiarostami"}, {"مریم میرزاخانی", "Maryam Mirzakhani"}, {"اصغر فرهادی", "Asghar Farhadi"},
		{"فروغ فرخزاد", "Forough Farrokhzad"},
	},
	"Urdu":   {{"عمران خان", "Imran Khan"}, {"فیض احمد فیض", "Faiz Ahmad Faiz", "Faiz Ahmed Faiz"}, {"عبدالستار ایدھی", "Abdul Sattar Edhi"}},
	"Hebrew": {{"עמוס עוז", "Amos Oz"}, {"דוד בן גוריון", "David Ben Gurion", "David Ben-Gurion"}, {"גולדה מאיר", "Golda Meir"}, {"שמעון פרס", "Shimon Peres"}},
	"Hindi":  {{"अमिताभ बच्चन", "Amitabh Bachchan"}, {"लता मंगेशकर", "Lata Mangeshkar"}, {"सचिन तेंदुलकर", "Sachin Tendulkar"}},
	"Bengali": {
		{"রবীন্দ্রনাথ ঠাকুর", "Rabindranath Thakur"}, {"মোহন রায়", "Mohan Ray"},
	},
	"Tamil":    {{"ரஜினிகாந்த்", "Rajinikanth"}},
	"Telugu":   {{"చిరంజీవి", "Chiranjeevi"}},
	"Punjabi":  {{"ਮਨਮੋਹਨ ਸਿੰਘ", "Manmohan Singh"}},
	"Gujarati": {{"મોહનદાસ ગાંધી", "Mohandas Gandhi"}},
	"Chinese": {
		{"鲁迅", "Lu Xun"}, {"姚明", "Yao Ming", "YAO, Ming"}, {"莫言", "Mo Yan"}, {"屠呦呦", "Tu Youyou"}, {"李娜", "Li Na"}, {"王羲之", "Wang Xizhi"},
	},
	"Japanese": {
		{"安倍晋三", "Abe Shinzo", "Shinzō Abe"}, {"岸田文雄", "Kishida Fumio"}, {"小泉純一郎", "Koizumi Junichiro", "Junichirō Koizumi"},
		{"くろさわ あきら", "Kurosawa Akira"}, {"ムラカミ ハルキ", "Murakami Haruki"},
	},
	"Korean":   {{"손흥민", "Son Heung-min"}, {"봉준호", "Bong Joon-ho"}, {"반기문", "Ban Ki-moon"}, {"김대중", "Kim Dae-jung"}},
	"Georgian": {{"ხვიჩა კვარაცხელია", "Khvicha Kvaratskhelia"}, {"შოთა რუსთაველი", "Shota Rustaveli"}},
	"Armenian": {{"Արամ Խաչատրյան", "Aram Khachatryan"}, {"Հենրիխ Մխիթարյան", "Henrikh Mkhitaryan"}},
	"Turkish":  {{"Mustafa Kemal Atatürk", "Mustafa Kemal Ataturk"}, {"Recep Tayyip Erdoğan", "Recep Tayyip Erdogan"}, {"Nâzım Hikmet", "Nazim Hikmet"}},
	"Azeri":    {{"Heydər Əliyev", "Heydar Aliyev"}},
	"Vietnamese": {
		{"Võ Nguyên Giáp", "Vo Nguyen Giap"}, {"Ngô Bảo Châu", "Ngo Bao Chau"},
	},
	"Polish":    {{"Wisława Szymborska", "Wislawa Szymborska"}, {"Lech Wałęsa", "Lech Walesa"}, {"Mikołaj Kopernik", "Mikolaj Kopernik"}},
	"Czech":     {{"Antonín Dvořák", "Antonin Dvorak"}, {"Božena Němcová", "Bozena Nemcova"}},
	"Hungarian": {{"Kertész Imre", "Imre Kertesz"}, {"Puskás Ferenc", "Ferenc Puskas"}},
	"Romanian":  {{"George Călinescu", "George Calinescu"}, {"Ion Țiriac", "Ion Tiriac", "Ion Ţiriac"}},
	"Lithuanian": {
		{"Jonas Žemaitis", "Jonas Zemaitis"}, {"Rūta Meilutytė", "Ruta Meilutyte"},
	},
	"Icelandic":  {{"Björk Guðmundsdóttir", "Bjork Gudmundsdottir"}, {"Halldór Guðjónsson", "Halldor Gudjonsson"}},
	"Nordic":     {{"Søren Kierkegaard", "Soren Kierkegaard", "Soeren Kierkegård"}, {"Bjørnstjerne Bjørnson", "Bjornstjerne Bjornson"}},
	"German":     {{"Johann Wolfgang Goethe", "Johann Wolfgang Göthe"}, {"Günter Grass", "Guenter Graß"}, {"Carl Friedrich Gauß", "Karl Friedrich Gauss"}},
	"Romance":    {{"Gabriel García Márquez", "Garcia Marquez, Gabriel"}, {"José Saramago", "Jose Saramago"}, {"Marie Curie Skłodowska", "Maria Sklodowska-Curie"}},
	"English":    {{"Seán O'Casey", "Sean OCasey"}, {"William Butler Yeats", "W. B. Yeats", "W.B. Yeats"}},
	"Malay":      {{"Abdul Razak bin Hussein", "Abdul Razak Hussein", "Tun Abdul Razak b. Hussein"}},
	"Indonesian": {{"Soekarno Sastrodihardjo", "Sukarno Sastrodiharjo"}},
}

// TestWorld: however somebody's name is written, it is found under any other way to write it.
func TestWorld(t *testing.T) {
	x := index("Filler One", "Filler Two")
	for language, all := range world {
		for _, ways := range all {
			for _, way := range ways {
				for _, other := range ways {
					if slices.Contains(unwritten, language) && other == ways[0] && way != other {
						// What a list has without vowels costs.
						continue
					}
					if m := x.Compare(way, other); m.Score < match.DefaultPolicy.Default {
						t.Errorf("%s: %s and %s score %d %v", language, way, other, m.Score, m.Pairs)
					}
				}
			}
		}
	}
}

// TestPeopleOfOneLanguageAreTold: no two people of a language are one, however their names
// are written.
func TestPeopleOfOneLanguageAreTold(t *testing.T) {
	x := index("Filler One", "Filler Two")
	for language, all := range world {
		for i, one := range all {
			for j, other := range all {
				for _, way := range one {
					if i == j {
						continue
					}
					if m := x.Compare(way, other[0]); m.Score >= match.DefaultPolicy.Default {
						t.Errorf("%s: %s and %s score %d %v", language, way, other[0], m.Score, m.Pairs)
					}
				}
			}
		}
	}
}

// TestPeopleOfTheWorldAreTold: nobody is found under the name of somebody of another
// language, among all of them.
func TestPeopleOfTheWorldAreTold(t *testing.T) {
	var names []match.Name
	owner := map[string]string{}
	for language, all := range world {
		for _, ways := range all {
			for _, way := range ways {
				names = append(names, match.Name{List: language, Entry: ways[0], Text: way})
				owner[way] = ways[0]
			}
		}
	}
	x := match.NewIndex(names)
	for way, entry := range owner {
		found := x.Search(way, match.DefaultPolicy.Default, 10)
		if len(found) != 1 || found[0].Name.Entry != entry {
			for _, m := range found {
				t.Errorf("%s finds %s by %d: %v", way, m.Name.Entry, m.Score, m.Pairs)
			}
		}
	}
}
