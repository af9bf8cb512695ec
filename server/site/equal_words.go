package site

import (
	"maps"
	"regexp"
	"slices"
)

// The words by which equal knows what a label says, in the widget's languages.
// They are written as plainWords writes them. A phrase that is not here passes:
// these lists catch what banners are known for, and no list catches all.
var (
	settingWords = []string{
		"設定", "カスタマイズ", "管理", "詳細", "詳しく", "オプション",
		"settings", "preferences", "options", "customize", "customise", "manage", "details", "learn more", "more information",
		"设置", "設置", "自定义", "自訂", "选项", "選項", "详情", "詳情",
		"설정", "관리", "옵션", "자세히", "cài đặt", "tùy chỉnh", "tùy chọn", "chi tiết",
		"configurações", "preferências", "personalizar", "gerenciar", "opções", "detalhes",
		"configuración", "configurar", "preferencias", "gestionar", "opciones", "detalles",
		"paramètres", "paramétrer", "préférences", "personnaliser", "gérer", "options", "détails",
		"einstellungen", "anpassen", "verwalten", "optionen", "details",
	}
	// elusiveWords put an answer off, or put the banner away.
	elusiveWords = []string{
		"あとで", "後で", "後ほど", "のちほど", "またの機会", "今は", "スキップ", "閉じる", "とじる", "戻る", "キャンセル",
		"later", "not now", "maybe", "remind me", "skip", "close", "dismiss", "cancel", "back", "hide",
		"稍后", "稍後", "以后再", "以後再", "下次", "跳过", "略過", "关闭", "關閉", "取消", "返回",
		"나중에", "다음에", "건너뛰기", "닫기", "취소", "để sau", "lúc khác", "bỏ qua", "đóng", "hủy",
		"depois", "mais tarde", "agora não", "pular", "fechar", "cancelar", "más tarde", "después", "ahora no", "omitir", "cerrar",
		"plus tard", "pas maintenant", "passer", "ignorer", "fermer", "annuler",
		"später", "nicht jetzt", "überspringen", "schließen", "abbrechen",
	}
	refusalWords = []string{
		"拒否", "しない", "せず", "不要", "断る", "お断り", "止める", "停止", "オフ", "のみ", "だけ", "反対",
		"reject", "refuse", "decline", "deny", "disagree", "no", "don't", "do not", "without", "only", "none", "off", "opt out",
		"拒绝", "拒絕", "不允", "不同意", "不接受", "不使用", "仅", "僅", "只",
		"거부", "거절", "않", "안함", "필수만", "từ chối", "không", "chỉ",
		"rejeitar", "recusar", "negar", "não aceitar", "não permitir", "somente", "apenas", "sem",
		"rechazar", "denegar", "no aceptar", "no permitir", "solo", "sólo", "sin",
		"refuser", "rejeter", "non", "sans", "seulement", "uniquement",
		"ablehnen", "verweigern", "nein", "nicht erlauben", "nicht akzeptieren", "nicht zustimmen", "nur", "ohne", "keine",
	}
	consentWords = []string{
		"同意", "許可", "承諾", "了承", "承認", "受け入れ", "許諾", "有効に",
		"accept", "agree", "allow", "consent", "permit", "approve", "enable",
		"允许", "允許", "接受", "동의", "허용", "수락", "승인", "đồng ý", "chấp nhận", "cho phép",
		"aceitar", "aceito", "concordar", "concordo", "permitir", "permito", "aceptar", "acepto", "consentir", "autorizar",
		"accepter", "j'accepte", "d'accord", "autoriser", "consentir", "akzeptieren", "zustimmen", "erlauben", "einwilligen", "einverstanden", "zulassen",
	}
	// vagueWords say nothing of what is agreed to when they stand alone.
	vagueWords = []string{
		"ok", "okay", "okです", "了解", "わかりました", "分かりました", "続ける", "続行", "続行する", "次へ", "進む", "サイトへ進む", "閉じる", "はじめる",
		"got it", "i understand", "understood", "continue", "next", "proceed", "close", "let's go", "start", "submit", "enter", "enter site", "confirm",
		"好", "好的", "确定", "確定", "继续", "繼續", "下一步", "知道了", "我知道了", "关闭", "關閉",
		"확인", "계속", "다음", "닫기", "알겠습니다", "tiếp tục", "đóng", "đã hiểu", "tiếp theo", "xác nhận",
		"continuar", "entendi", "fechar", "prosseguir", "avançar", "entendido", "cerrar", "siguiente", "seguir",
		"continuer", "compris", "j'ai compris", "fermer", "suivant", "weiter", "verstanden", "schließen", "fortfahren",
	}
	praisingWords = []string{
		"おすすめ", "お勧め", "オススメ", "推奨", "お得", "おトク", "便利に", "快適に", "最適", "ベスト",
		"recommended", "recommend", "best", "better", "preferred", "suggested",
		"推荐", "推薦", "建议", "建議", "추천", "권장", "khuyên dùng", "đề xuất", "khuyến nghị",
		"recomendado", "recomendada", "recomendamos", "melhor", "mejor", "recommandé", "conseillé", "meilleur", "empfohlen", "empfehlung", "besser",
	}
	shamingWords = []string{
		"残念", "損", "あきらめ", "諦め", "興味がない", "興味がありません", "興味はありません", "気にしない", "不便", "低下", "制限され", "逃す", "つまらない",
		"i don't care", "don't care", "not interested", "hate", "lose", "miss", "miss out", "missing out", "worse", "limited", "bad", "boring", "give up", "unfortunately", "no thanks i",
		"放弃", "放棄", "错过", "錯過", "可惜", "不便", "不感兴趣", "不感興趣", "포기", "불편", "아쉽", "관심 없", "bỏ lỡ", "tiếc", "hạn chế",
		"perder", "infelizmente", "pior", "limitada", "limitado", "perderme", "lamentablemente", "peor",
		"rater", "manquer", "dommage", "perdre", "limitée", "verpassen", "schade", "verzichten", "schlechter", "eingeschränkt",
	}
	// impliedConsent are sentences that take something else for an answer.
	impliedConsent = []*regexp.Regexp{
		regexp.MustCompile(`(同意|許可|承諾|了承)(した|いただいた|された|頂いた)(もの|こと)?と(み|見)な`),
		regexp.MustCompile(`(続け|継続|スクロール|閉じ|閲覧)[^。、]{0,20}(同意|許可|承諾)(した|して|する|となり|になり|いただ)`),
		regexp.MustCompile(`(?i)\b(by (continuing|using|browsing|closing|scrolling|staying)|if you (continue|close|keep|stay)|(continued|further) use)\b[^.]*\b(agree|accept|consent|allow)`),
		regexp.MustCompile(`(?i)\b(agree|accept|consent)\b[^.]*\bby (continuing|using|browsing|closing|scrolling|staying)\b`),
		regexp.MustCompile(`(继续|繼續|关闭|關閉|浏览|瀏覽|使用)[^。，]{0,15}(即|视为|視為|表示|代表)[^。，]{0,8}(同意|接受|允许|允許)`),
		regexp.MustCompile(`(계속|닫으|닫으시|이용하시|스크롤)[^.,]{0,25}(동의|허용)(한|하는|하신|하게|로 간주|된)`),
		regexp.MustCompile(`(?i)(tiếp tục|đóng|cuộn)[^.,]{0,40}(nghĩa là|tức là|đồng nghĩa)[^.]*(đồng ý|chấp nhận|cho phép)`),
		regexp.MustCompile(`(?i)\b(ao (continuar|navegar|fechar|usar)|se você (continuar|fechar))\b[^.]*(aceita|concorda|consente|permite)`),
		regexp.MustCompile(`(?i)\b(al (continuar|navegar|cerrar|usar|seguir)|si (continúa|cierra|sigue))[^.]*(acepta|consiente|permite)`),
		regexp.MustCompile(`(?i)\ben (poursuivant|continuant|fermant|naviguant|utilisant)\b[^.]*(acceptez|consentez|autorisez)`),
		regexp.MustCompile(`(?i)\b(durch|mit|indem|wenn)\b[^.]*(weiter|schließ|scroll|fortsetz|nutzung)[^.]*(stimmen|akzeptieren|einverstanden|erlauben)`),
	}
)

// sortedKeys returns the keys of messages in order, so that reasons come in the same one each time.
func sortedKeys(m Messages) []string { return slices.Sorted(maps.Keys(m)) }
